"""Saved views of lists.

Revision ID: 0057
Revises: 0056
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from migrations.row_security import enable_row_security

revision = "0057"
down_revision = "0056"
branch_labels = None
depends_on = None

JSON = sa.JSON().with_variant(sa.dialects.postgresql.JSONB(), "postgresql")
MOMENT = sa.DateTime(timezone=True)
TABLE = "saved_views"
RESOURCES = "applications approvals candidates interviews jobs notes offers talent-pools tasks users".split()


def upgrade() -> None:
    choice = sa.Enum(
        *RESOURCES, name=op.f("ck_saved_views_resource"), native_enum=False, create_constraint=True, length=32
    )
    op.create_table(
        TABLE,
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("tenant_id", sa.Uuid(), nullable=False),
        sa.Column("user_id", sa.Uuid(), nullable=False),
        sa.Column("resource", choice, nullable=False),
        sa.Column("name", sa.String(length=60), nullable=False),
        sa.Column("query", JSON, nullable=False),
        sa.Column("columns", JSON, nullable=False),
        sa.Column("is_shared", sa.Boolean(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("created_at", MOMENT, nullable=False),
        sa.Column("updated_at", MOMENT, nullable=False),
        sa.ForeignKeyConstraint(
            ["tenant_id"], ["tenants.id"], name=op.f("fk_saved_views_tenant_id_tenants"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id", "user_id"],
            ["users.tenant_id", "users.id"],
            name=op.f("fk_saved_views_tenant_id_user_id_users"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_saved_views")),
        sa.UniqueConstraint("tenant_id", "id", name=op.f("uq_saved_views_tenant_id_id")),
        sa.UniqueConstraint(
            "tenant_id", "user_id", "resource", "name", name=op.f("uq_saved_views_tenant_id_user_id_resource_name")
        ),
    )
    op.create_index("ix_saved_views_tenant_id_created_at_id", TABLE, ["tenant_id", "created_at", "id"])
    enable_row_security(TABLE)


def downgrade() -> None:
    op.drop_table(TABLE)
