"""API keys; candidates by owner.

Revision ID: 0007
Revises: 0006
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None

JSON = sa.JSON(none_as_null=True).with_variant(JSONB(none_as_null=True), "postgresql")
MOMENT = sa.DateTime(timezone=True)
WALL = """case when (select current_setting('app.platform', true) = 'on') then true
  else tenant_id = (select nullif(current_setting('app.tenant_id', true), '')::uuid) end"""


def upgrade() -> None:
    op.create_table(
        "api_keys",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("tenant_id", sa.Uuid(), nullable=False),
        sa.Column("name", sa.String(length=60), nullable=False),
        sa.Column("hint", sa.String(length=10), nullable=False),
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.Column("previous_digest", sa.String(length=64), nullable=True),
        sa.Column("previous_ends_at", MOMENT, nullable=True),
        sa.Column("permissions", JSON, nullable=False),
        sa.Column("job_ids", JSON, nullable=True),
        sa.Column("team_ids", JSON, nullable=True),
        sa.Column("expires_at", MOMENT, nullable=False),
        sa.Column("last_used_at", MOMENT, nullable=True),
        sa.Column("revoked_at", MOMENT, nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("created_at", MOMENT, nullable=False),
        sa.Column("updated_at", MOMENT, nullable=False),
        sa.ForeignKeyConstraint(
            ["tenant_id"], ["tenants.id"], name=op.f("fk_api_keys_tenant_id_tenants"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_api_keys")),
        sa.UniqueConstraint("tenant_id", "id", name=op.f("uq_api_keys_tenant_id_id")),
        sa.UniqueConstraint("tenant_id", "name", name=op.f("uq_api_keys_tenant_id_name")),
    )
    op.create_index("ix_api_keys_tenant_id_created_at_id", "api_keys", ["tenant_id", "created_at", "id"])
    op.create_index(
        "ix_candidates_tenant_id_owner_id_created_at_id", "candidates", ["tenant_id", "owner_id", "created_at", "id"]
    )
    if op.get_bind().dialect.name == "postgresql":
        op.execute("alter table api_keys enable row level security")
        op.execute("alter table api_keys force row level security")
        op.get_bind().exec_driver_sql(f"create policy tenant_wall on api_keys using ({WALL}) with check ({WALL})")


def downgrade() -> None:
    op.drop_index("ix_candidates_tenant_id_owner_id_created_at_id", "candidates")
    op.drop_table("api_keys")
