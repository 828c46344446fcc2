"""What applicants typed, and how far a resume is trusted.

Revision ID: 0030
Revises: 0029
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

from migrations.row_security import enable_row_security

revision = "0030"
down_revision = "0029"
branch_labels = None
depends_on = None

JSON = sa.JSON(none_as_null=True).with_variant(JSONB(none_as_null=True), "postgresql")
MOMENT = sa.DateTime(timezone=True)
TABLES = ("application_forms",)


def upgrade() -> None:
    op.create_table(
        "application_forms",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("tenant_id", sa.Uuid(), nullable=False),
        sa.Column("application_id", sa.Uuid(), nullable=False),
        sa.Column("candidate_id", sa.Uuid(), nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("email", sa.String(length=254), nullable=False),
        sa.Column("phone", sa.String(length=40), nullable=True),
        sa.Column("message", sa.Text(), nullable=True),
        sa.Column("talent_pool_consent", sa.Boolean(), nullable=False),
        sa.Column("is_new_candidate", sa.Boolean(), nullable=False),
        sa.Column("has_known_file", sa.Boolean(), nullable=False),
        sa.Column("answers", JSON, nullable=False),
        sa.Column("created_at", MOMENT, nullable=False),
        sa.Column("updated_at", MOMENT, nullable=False),
        sa.ForeignKeyConstraint(
            ["tenant_id", "application_id"],
            ["applications.tenant_id", "applications.id"],
            name=op.f("fk_application_forms_tenant_id_application_id_applications"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id", "candidate_id"],
            ["candidates.tenant_id", "candidates.id"],
            name=op.f("fk_application_forms_tenant_id_candidate_id_candidates"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id"], ["tenants.id"], name=op.f("fk_application_forms_tenant_id_tenants"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_application_forms")),
        sa.UniqueConstraint("tenant_id", "id", name=op.f("uq_application_forms_tenant_id_id")),
    )
    with op.batch_alter_table("application_forms", schema=None) as batch_op:
        batch_op.create_index(
            "ix_application_forms_tenant_id_application_id", ["tenant_id", "application_id"], unique=False
        )
        batch_op.create_index(
            "ix_application_forms_tenant_id_candidate_id", ["tenant_id", "candidate_id"], unique=False
        )

    with op.batch_alter_table("candidate_resumes", schema=None) as batch_op:
        batch_op.add_column(
            sa.Column(
                "trust",
                sa.Enum(
                    "full", "profile", "nothing", name="trust", native_enum=False, create_constraint=True, length=32
                ),
                server_default="full",
                nullable=False,
            )
        )
    for table in TABLES:
        enable_row_security(table)


def downgrade() -> None:
    with op.batch_alter_table("candidate_resumes", schema=None) as batch_op:
        batch_op.drop_constraint(op.f("ck_candidate_resumes_trust"), type_="check")
        batch_op.drop_column("trust")

    with op.batch_alter_table("application_forms", schema=None) as batch_op:
        batch_op.drop_index("ix_application_forms_tenant_id_candidate_id")
        batch_op.drop_index("ix_application_forms_tenant_id_application_id")

    op.drop_table("application_forms")
