"""Offers and their letters.

Revision ID: 0027
Revises: 0026
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

from migrations.row_security import enable_row_security

revision = "0027"
down_revision = "0026"
branch_labels = None
depends_on = None

JSON = sa.JSON(none_as_null=True).with_variant(JSONB(none_as_null=True), "postgresql")
MOMENT = sa.DateTime(timezone=True)
TABLES = (
    "offer_templates",
    "offers",
)


def upgrade() -> None:
    op.create_table(
        "offer_templates",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("tenant_id", sa.Uuid(), nullable=False),
        sa.Column("name", sa.String(length=60), nullable=False),
        sa.Column("key", sa.String(length=60), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("created_at", MOMENT, nullable=False),
        sa.Column("updated_at", MOMENT, nullable=False),
        sa.ForeignKeyConstraint(
            ["tenant_id"], ["tenants.id"], name=op.f("fk_offer_templates_tenant_id_tenants"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_offer_templates")),
        sa.UniqueConstraint("tenant_id", "id", name=op.f("uq_offer_templates_tenant_id_id")),
        sa.UniqueConstraint("tenant_id", "key", name=op.f("uq_offer_templates_tenant_id_key")),
    )
    op.create_table(
        "offers",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("tenant_id", sa.Uuid(), nullable=False),
        sa.Column("application_id", sa.Uuid(), nullable=False),
        sa.Column("candidate_id", sa.Uuid(), nullable=False),
        sa.Column("job_id", sa.Uuid(), nullable=False),
        sa.Column("template_id", sa.Uuid(), nullable=True),
        sa.Column("document_id", sa.Uuid(), nullable=True),
        sa.Column("created_by_id", sa.Uuid(), nullable=True),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column(
            "status",
            sa.Enum(
                "draft",
                "pending_approval",
                "approval_rejected",
                "approved",
                "sent",
                "viewed",
                "accepted",
                "declined",
                "expired",
                "rescinded",
                "reneged",
                name=op.f("ck_offers_status"),
                native_enum=False,
                create_constraint=True,
                length=32,
            ),
            nullable=False,
        ),
        sa.Column("status_reason", sa.String(length=500), nullable=True),
        sa.Column("title", sa.String(length=200), nullable=False),
        sa.Column("pay_amount", sa.Numeric(precision=12, scale=2), nullable=False),
        sa.Column("pay_currency", sa.String(length=3), nullable=False),
        sa.Column(
            "pay_period",
            sa.Enum(
                "hour",
                "day",
                "month",
                "year",
                name=op.f("ck_offers_pay_period"),
                native_enum=False,
                create_constraint=True,
                length=32,
            ),
            nullable=False,
        ),
        sa.Column(
            "employment_type",
            sa.Enum(
                "full_time",
                "part_time",
                "contract",
                "temporary",
                "internship",
                "volunteer",
                name=op.f("ck_offers_employment_type"),
                native_enum=False,
                create_constraint=True,
                length=32,
            ),
            nullable=True,
        ),
        sa.Column("start_on", sa.Date(), nullable=True),
        sa.Column("expires_at", MOMENT, nullable=True),
        sa.Column("conditions", sa.Text(), nullable=True),
        sa.Column("sent_at", MOMENT, nullable=True),
        sa.Column("viewed_at", MOMENT, nullable=True),
        sa.Column("accepted_at", MOMENT, nullable=True),
        sa.Column("signed_name", sa.String(length=200), nullable=True),
        sa.Column("signed_sha256", sa.String(length=64), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("created_at", MOMENT, nullable=False),
        sa.Column("updated_at", MOMENT, nullable=False),
        sa.ForeignKeyConstraint(
            ["tenant_id", "application_id"],
            ["applications.tenant_id", "applications.id"],
            name=op.f("fk_offers_tenant_id_application_id_applications"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id", "candidate_id"],
            ["candidates.tenant_id", "candidates.id"],
            name=op.f("fk_offers_tenant_id_candidate_id_candidates"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id", "created_by_id"],
            ["users.tenant_id", "users.id"],
            name=op.f("fk_offers_tenant_id_created_by_id_users"),
            ondelete="RESTRICT",
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id", "document_id"],
            ["candidate_documents.tenant_id", "candidate_documents.id"],
            name=op.f("fk_offers_tenant_id_document_id_candidate_documents"),
            ondelete="RESTRICT",
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id", "job_id"],
            ["jobs.tenant_id", "jobs.id"],
            name=op.f("fk_offers_tenant_id_job_id_jobs"),
            ondelete="RESTRICT",
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id", "template_id"],
            ["offer_templates.tenant_id", "offer_templates.id"],
            name=op.f("fk_offers_tenant_id_template_id_offer_templates"),
            ondelete="RESTRICT",
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id"], ["tenants.id"], name=op.f("fk_offers_tenant_id_tenants"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_offers")),
        sa.UniqueConstraint("tenant_id", "id", name=op.f("uq_offers_tenant_id_id")),
    )
    with op.batch_alter_table("offers", schema=None) as batch_op:
        batch_op.create_index("ix_offers_tenant_id_application_id", ["tenant_id", "application_id"], unique=False)
        batch_op.create_index("ix_offers_tenant_id_candidate_id", ["tenant_id", "candidate_id"], unique=False)
        batch_op.create_index("ix_offers_tenant_id_created_at_id", ["tenant_id", "created_at", "id"], unique=False)
        batch_op.create_index(
            "ix_offers_tenant_id_status_expires_at", ["tenant_id", "status", "expires_at"], unique=False
        )
        batch_op.create_index(
            "uq_offers_tenant_id_application_id_open",
            ["tenant_id", "application_id"],
            unique=True,
            sqlite_where=sa.text(
                "status in ('draft', 'pending_approval', 'approval_rejected', 'approved', 'sent', 'viewed', 'accepted')"
            ),
            postgresql_where=sa.text(
                "status in ('draft', 'pending_approval', 'approval_rejected', 'approved', 'sent', 'viewed', 'accepted')"
            ),
        )

    with op.batch_alter_table("approvals", schema=None) as batch_op:
        batch_op.add_column(sa.Column("offer_id", sa.Uuid(), nullable=True))
        batch_op.create_index(
            "uq_approvals_tenant_id_offer_id_pending",
            ["tenant_id", "offer_id"],
            unique=True,
            sqlite_where=sa.text("status = 'pending'"),
            postgresql_where=sa.text("status = 'pending'"),
        )
        batch_op.create_foreign_key(
            batch_op.f("fk_approvals_tenant_id_offer_id_offers"),
            "offers",
            ["tenant_id", "offer_id"],
            ["tenant_id", "id"],
            ondelete="CASCADE",
        )
    for table in TABLES:
        enable_row_security(table)


def downgrade() -> None:
    with op.batch_alter_table("approvals", schema=None) as batch_op:
        batch_op.drop_constraint(batch_op.f("fk_approvals_tenant_id_offer_id_offers"), type_="foreignkey")
        batch_op.drop_index(
            "uq_approvals_tenant_id_offer_id_pending",
            sqlite_where=sa.text("status = 'pending'"),
            postgresql_where=sa.text("status = 'pending'"),
        )
        batch_op.drop_column("offer_id")

    op.drop_table("offers")
    op.drop_table("offer_templates")
