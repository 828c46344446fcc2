"""Consents, privacy requests, and the day on which a candidate is erased.

Revision ID: 0016
Revises: 0015
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

from migrations.row_security import enable_row_security
from migrations.triggers import kept_triggers

revision = "0016"
down_revision = "0015"
branch_labels = None
depends_on = None

JSON = sa.JSON(none_as_null=True).with_variant(JSONB(none_as_null=True), "postgresql")
MOMENT = sa.DateTime(timezone=True)
TABLES = (
    "privacy_requests",
    "candidate_consents",
)


def upgrade() -> None:
    op.create_table(
        "privacy_requests",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("tenant_id", sa.Uuid(), nullable=False),
        sa.Column(
            "kind",
            sa.Enum(
                "export",
                "erasure",
                name=op.f("ck_privacy_requests_kind"),
                native_enum=False,
                create_constraint=True,
                length=32,
            ),
            nullable=False,
        ),
        sa.Column(
            "status",
            sa.Enum(
                "pending",
                "done",
                "failed",
                "expired",
                name=op.f("ck_privacy_requests_status"),
                native_enum=False,
                create_constraint=True,
                length=32,
            ),
            nullable=False,
        ),
        sa.Column("subject_id", sa.Uuid(), nullable=False),
        sa.Column("requested_by_id", sa.Uuid(), nullable=True),
        sa.Column("storage_key", sa.String(length=200), nullable=True),
        sa.Column("size", sa.BigInteger(), nullable=True),
        sa.Column("expires_at", MOMENT, nullable=True),
        sa.Column("certificate", JSON, nullable=True),
        sa.Column("key_id", sa.String(length=60), nullable=True),
        sa.Column("signature", sa.String(length=128), nullable=True),
        sa.Column("created_at", MOMENT, nullable=False),
        sa.Column("updated_at", MOMENT, nullable=False),
        sa.ForeignKeyConstraint(
            ["tenant_id", "requested_by_id"],
            ["users.tenant_id", "users.id"],
            name=op.f("fk_privacy_requests_tenant_id_requested_by_id_users"),
            ondelete="RESTRICT",
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id"], ["tenants.id"], name=op.f("fk_privacy_requests_tenant_id_tenants"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_privacy_requests")),
        sa.UniqueConstraint("tenant_id", "id", name=op.f("uq_privacy_requests_tenant_id_id")),
    )
    with op.batch_alter_table("privacy_requests", schema=None) as batch_op:
        batch_op.create_index(
            "ix_privacy_requests_tenant_id_created_at_id", ["tenant_id", "created_at", "id"], unique=False
        )
        batch_op.create_index("ix_privacy_requests_tenant_id_subject_id", ["tenant_id", "subject_id"], unique=False)

    op.create_table(
        "candidate_consents",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("tenant_id", sa.Uuid(), nullable=False),
        sa.Column("candidate_id", sa.Uuid(), nullable=False),
        sa.Column(
            "purpose",
            sa.Enum(
                "recruiting",
                "talent_pool",
                "sharing",
                "marketing",
                name=op.f("ck_candidate_consents_purpose"),
                native_enum=False,
                create_constraint=True,
                length=32,
            ),
            nullable=False,
        ),
        sa.Column(
            "source",
            sa.Enum(
                "form",
                "email",
                "paper",
                "verbal",
                "import",
                name=op.f("ck_candidate_consents_source"),
                native_enum=False,
                create_constraint=True,
                length=32,
            ),
            nullable=False,
        ),
        sa.Column("evidence", sa.String(length=500), nullable=True),
        sa.Column("given_at", MOMENT, nullable=False),
        sa.Column("expires_at", MOMENT, nullable=True),
        sa.Column("withdrawn_at", MOMENT, nullable=True),
        sa.Column("recorded_by_id", sa.Uuid(), nullable=True),
        sa.Column("created_at", MOMENT, nullable=False),
        sa.Column("updated_at", MOMENT, nullable=False),
        sa.ForeignKeyConstraint(
            ["tenant_id", "candidate_id"],
            ["candidates.tenant_id", "candidates.id"],
            name=op.f("fk_candidate_consents_tenant_id_candidate_id_candidates"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id", "recorded_by_id"],
            ["users.tenant_id", "users.id"],
            name=op.f("fk_candidate_consents_tenant_id_recorded_by_id_users"),
            ondelete="RESTRICT",
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id"], ["tenants.id"], name=op.f("fk_candidate_consents_tenant_id_tenants"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_candidate_consents")),
        sa.UniqueConstraint("tenant_id", "id", name=op.f("uq_candidate_consents_tenant_id_id")),
    )
    with op.batch_alter_table("candidate_consents", schema=None) as batch_op:
        batch_op.create_index(
            "ix_candidate_consents_tenant_id_candidate_id", ["tenant_id", "candidate_id"], unique=False
        )
        batch_op.create_index(
            "ix_candidate_consents_tenant_id_created_at_id", ["tenant_id", "created_at", "id"], unique=False
        )

    with kept_triggers("candidates"), op.batch_alter_table("candidates", schema=None) as batch_op:
        batch_op.add_column(sa.Column("purge_after", MOMENT, nullable=True))
        batch_op.create_index(
            "ix_candidates_tenant_id_purge_after",
            ["tenant_id", "purge_after"],
            sqlite_where=sa.text("purge_after is not null"),
            postgresql_where=sa.text("purge_after is not null"),
        )
    for table in TABLES:
        enable_row_security(table)


def downgrade() -> None:
    with kept_triggers("candidates"), op.batch_alter_table("candidates", schema=None) as batch_op:
        batch_op.drop_index("ix_candidates_tenant_id_purge_after")
        batch_op.drop_column("purge_after")

    op.drop_table("candidate_consents")
    op.drop_table("privacy_requests")
