"""Custom roles: a description and a version, and which user has which.

Revision ID: 0004
Revises: 0003
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None

WALL = """case when (select current_setting('app.platform', true) = 'on') then true
  else tenant_id = (select nullif(current_setting('app.tenant_id', true), '')::uuid) end"""


def upgrade() -> None:
    with op.batch_alter_table("roles") as roles:
        roles.add_column(sa.Column("description", sa.String(length=200), nullable=True))
        roles.add_column(sa.Column("version", sa.Integer(), nullable=False, server_default="1"))
    with op.batch_alter_table("roles") as roles:
        roles.alter_column("version", server_default=None)
    op.create_table(
        "user_roles",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("tenant_id", sa.Uuid(), nullable=False),
        sa.Column("user_id", sa.Uuid(), nullable=False),
        sa.Column("role_id", sa.Uuid(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["tenant_id"], ["tenants.id"], name=op.f("fk_user_roles_tenant_id_tenants"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id", "user_id"],
            ["users.tenant_id", "users.id"],
            name=op.f("fk_user_roles_tenant_id_user_id_users"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id", "role_id"],
            ["roles.tenant_id", "roles.id"],
            name=op.f("fk_user_roles_tenant_id_role_id_roles"),
            ondelete="RESTRICT",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_user_roles")),
        sa.UniqueConstraint("tenant_id", "id", name=op.f("uq_user_roles_tenant_id_id")),
        sa.UniqueConstraint("tenant_id", "user_id", "role_id", name=op.f("uq_user_roles_tenant_id_user_id_role_id")),
    )
    op.create_index("ix_user_roles_tenant_id_role_id", "user_roles", ["tenant_id", "role_id"])
    if op.get_bind().dialect.name == "postgresql":
        op.execute("alter table user_roles enable row level security")
        op.execute("alter table user_roles force row level security")
        connection = op.get_bind()
        connection.exec_driver_sql(f"create policy tenant_wall on user_roles using ({WALL}) with check ({WALL})")


def downgrade() -> None:
    op.drop_table("user_roles")
    with op.batch_alter_table("roles") as roles:
        roles.drop_column("version")
        roles.drop_column("description")
