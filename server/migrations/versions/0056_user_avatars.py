"""Avatars of users.

Revision ID: 0056
Revises: 0055
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from migrations.row_security import enable_row_security

revision = "0056"
down_revision = "0055"
branch_labels = None
depends_on = None

MOMENT = sa.DateTime(timezone=True)
TABLE = "user_avatars"


def upgrade() -> None:
    op.create_table(
        TABLE,
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("tenant_id", sa.Uuid(), nullable=False),
        sa.Column("user_id", sa.Uuid(), nullable=False),
        sa.Column("image", sa.LargeBinary(), nullable=False),
        sa.Column("created_at", MOMENT, nullable=False),
        sa.Column("updated_at", MOMENT, nullable=False),
        sa.ForeignKeyConstraint(
            ["tenant_id"], ["tenants.id"], name=op.f("fk_user_avatars_tenant_id_tenants"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id", "user_id"],
            ["users.tenant_id", "users.id"],
            name=op.f("fk_user_avatars_tenant_id_user_id_users"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_user_avatars")),
        sa.UniqueConstraint("tenant_id", "id", name=op.f("uq_user_avatars_tenant_id_id")),
        sa.UniqueConstraint("tenant_id", "user_id", name=op.f("uq_user_avatars_tenant_id_user_id")),
    )
    enable_row_security(TABLE)
    op.add_column("users", sa.Column("avatar_id", sa.Uuid(), nullable=True))


def downgrade() -> None:
    op.drop_column("users", "avatar_id")
    op.drop_table(TABLE)
