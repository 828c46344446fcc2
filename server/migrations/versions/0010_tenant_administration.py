"""Tenants with profile, settings and branding; sandboxes; exports of a tenant.

Revision ID: 0010
Revises: 0009
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

from migrations.row_security import enable_row_security

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None

JSON = sa.JSON(none_as_null=True).with_variant(JSONB(none_as_null=True), "postgresql")
MOMENT = sa.DateTime(timezone=True)


def _columns() -> list[sa.Column]:
    return [
        sa.Column("locale", sa.String(length=35), nullable=False, server_default="en"),
        sa.Column("website", sa.String(length=400), nullable=True),
        sa.Column("contact_email", sa.String(length=254), nullable=True),
        sa.Column("is_sandbox", sa.Boolean(), nullable=False, server_default=sa.false()),
        sa.Column("settings", JSON, nullable=False, server_default="{}"),
        sa.Column("brand_color", sa.String(length=7), nullable=True),
        sa.Column("logo_key", sa.String(length=200), nullable=True),
        sa.Column("logo_media_type", sa.String(length=100), nullable=True),
        sa.Column("logo_size", sa.Integer(), nullable=True),
    ]


def upgrade() -> None:
    with op.batch_alter_table("tenants") as tenants:
        for column in _columns():
            tenants.add_column(column)
    op.create_table(
        "tenant_exports",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("tenant_id", sa.Uuid(), nullable=False),
        sa.Column("status", sa.String(length=32), nullable=False),
        sa.Column("done", sa.Integer(), nullable=False),
        sa.Column("total", sa.Integer(), nullable=False),
        sa.Column("error", sa.String(length=500), nullable=True),
        sa.Column("storage_key", sa.String(length=200), nullable=True),
        sa.Column("size", sa.BigInteger(), nullable=True),
        sa.Column("sha256", sa.String(length=64), nullable=True),
        sa.Column("expires_at", MOMENT, nullable=True),
        sa.Column("actor_kind", sa.String(length=20), nullable=False),
        sa.Column("actor_id", sa.Uuid(), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("created_at", MOMENT, nullable=False),
        sa.Column("updated_at", MOMENT, nullable=False),
        sa.CheckConstraint(
            sa.column("status").in_(("pending", "running", "done", "failed", "expired")),
            name=op.f("ck_tenant_exports_status"),
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id"], ["tenants.id"], name=op.f("fk_tenant_exports_tenant_id_tenants"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_tenant_exports")),
        sa.UniqueConstraint("tenant_id", "id", name=op.f("uq_tenant_exports_tenant_id_id")),
    )
    op.create_index("ix_tenant_exports_tenant_id_created_at_id", "tenant_exports", ["tenant_id", "created_at", "id"])
    enable_row_security("tenant_exports")


def downgrade() -> None:
    op.drop_table("tenant_exports")
    with op.batch_alter_table("tenants") as tenants:
        for column in reversed(_columns()):
            tenants.drop_column(column.name)
