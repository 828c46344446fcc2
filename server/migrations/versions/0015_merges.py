"""Suggestions of duplicates, and merges of candidates.

Revision ID: 0015
Revises: 0014
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

from migrations.row_security import enable_row_security

revision = "0015"
down_revision = "0014"
branch_labels = None
depends_on = None

JSON = sa.JSON(none_as_null=True).with_variant(JSONB(none_as_null=True), "postgresql")
MOMENT = sa.DateTime(timezone=True)
TABLES = (
    "candidate_duplicates",
    "candidate_merges",
)


def upgrade() -> None:
    op.create_table(
        "candidate_duplicates",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("tenant_id", sa.Uuid(), nullable=False),
        sa.Column("first_id", sa.Uuid(), nullable=False),
        sa.Column("second_id", sa.Uuid(), nullable=False),
        sa.Column("score", sa.SmallInteger(), nullable=False),
        sa.Column("reasons", JSON, nullable=False),
        sa.Column(
            "status",
            sa.Enum(
                "open",
                "dismissed",
                name=op.f("ck_candidate_duplicates_status"),
                native_enum=False,
                create_constraint=True,
                length=32,
            ),
            nullable=False,
        ),
        sa.Column("created_at", MOMENT, nullable=False),
        sa.Column("updated_at", MOMENT, nullable=False),
        sa.ForeignKeyConstraint(
            ["tenant_id", "first_id"],
            ["candidates.tenant_id", "candidates.id"],
            name=op.f("fk_candidate_duplicates_tenant_id_first_id_candidates"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id", "second_id"],
            ["candidates.tenant_id", "candidates.id"],
            name=op.f("fk_candidate_duplicates_tenant_id_second_id_candidates"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id"], ["tenants.id"], name=op.f("fk_candidate_duplicates_tenant_id_tenants"), ondelete="CASCADE"
        ),
        sa.CheckConstraint("first_id < second_id", name=op.f("ck_candidate_duplicates_order")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_candidate_duplicates")),
        sa.UniqueConstraint(
            "tenant_id", "first_id", "second_id", name=op.f("uq_candidate_duplicates_tenant_id_first_id_second_id")
        ),
        sa.UniqueConstraint("tenant_id", "id", name=op.f("uq_candidate_duplicates_tenant_id_id")),
    )
    with op.batch_alter_table("candidate_duplicates", schema=None) as batch_op:
        batch_op.create_index(
            "ix_candidate_duplicates_tenant_id_created_at_id", ["tenant_id", "created_at", "id"], unique=False
        )
        batch_op.create_index("ix_candidate_duplicates_tenant_id_second_id", ["tenant_id", "second_id"], unique=False)
        batch_op.create_index(
            "ix_candidate_duplicates_tenant_id_status_score_id", ["tenant_id", "status", "score", "id"], unique=False
        )

    op.create_table(
        "candidate_merges",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("tenant_id", sa.Uuid(), nullable=False),
        sa.Column("winner_id", sa.Uuid(), nullable=False),
        sa.Column("loser_id", sa.Uuid(), nullable=False),
        sa.Column("merged_by_id", sa.Uuid(), nullable=True),
        sa.Column("winner_version", sa.Integer(), nullable=False),
        sa.Column("snapshot", JSON, nullable=True),
        sa.Column("undone_at", MOMENT, nullable=True),
        sa.Column("created_at", MOMENT, nullable=False),
        sa.Column("updated_at", MOMENT, nullable=False),
        sa.ForeignKeyConstraint(
            ["tenant_id", "merged_by_id"],
            ["users.tenant_id", "users.id"],
            name=op.f("fk_candidate_merges_tenant_id_merged_by_id_users"),
            ondelete="RESTRICT",
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id", "winner_id"],
            ["candidates.tenant_id", "candidates.id"],
            name=op.f("fk_candidate_merges_tenant_id_winner_id_candidates"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id"], ["tenants.id"], name=op.f("fk_candidate_merges_tenant_id_tenants"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_candidate_merges")),
        sa.UniqueConstraint("tenant_id", "id", name=op.f("uq_candidate_merges_tenant_id_id")),
    )
    with op.batch_alter_table("candidate_merges", schema=None) as batch_op:
        batch_op.create_index(
            "ix_candidate_merges_tenant_id_created_at_id", ["tenant_id", "created_at", "id"], unique=False
        )
        batch_op.create_index("ix_candidate_merges_tenant_id_winner_id", ["tenant_id", "winner_id"], unique=False)
        batch_op.create_index(
            "uq_candidate_merges_tenant_id_loser_id_live",
            ["tenant_id", "loser_id"],
            unique=True,
            sqlite_where=sa.text("undone_at is null"),
            postgresql_where=sa.text("undone_at is null"),
        )

    for table in TABLES:
        enable_row_security(table)


def downgrade() -> None:

    op.drop_table("candidate_merges")
    op.drop_table("candidate_duplicates")
