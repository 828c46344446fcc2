"""Signed checkpoints of the ledger; reasons that can be erased.

Revision ID: 0008
Revises: 0007
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None

MOMENT = sa.DateTime(timezone=True)
WALL = """case when (select current_setting('app.platform', true) = 'on') then true
  else tenant_id = (select nullif(current_setting('app.tenant_id', true), '')::uuid) end"""


def upgrade() -> None:
    with op.batch_alter_table("events") as events:
        events.add_column(sa.Column("reason_salt", sa.String(length=32), nullable=True))
        events.add_column(sa.Column("reason_digest", sa.String(length=64), nullable=True))
    op.create_table(
        "ledger_checkpoints",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("tenant_id", sa.Uuid(), nullable=False),
        sa.Column("seq", sa.BigInteger(), nullable=False),
        sa.Column("hash", sa.String(length=64), nullable=False),
        sa.Column("key_id", sa.String(length=40), nullable=False),
        sa.Column("signature", sa.String(length=128), nullable=False),
        sa.Column("created_at", MOMENT, nullable=False),
        sa.Column("updated_at", MOMENT, nullable=False),
        sa.ForeignKeyConstraint(
            ["tenant_id"], ["tenants.id"], name=op.f("fk_ledger_checkpoints_tenant_id_tenants"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_ledger_checkpoints")),
        sa.UniqueConstraint("tenant_id", "id", name=op.f("uq_ledger_checkpoints_tenant_id_id")),
        sa.UniqueConstraint("tenant_id", "seq", name=op.f("uq_ledger_checkpoints_tenant_id_seq")),
    )
    if op.get_bind().dialect.name == "postgresql":
        op.execute("alter table ledger_checkpoints enable row level security")
        op.execute("alter table ledger_checkpoints force row level security")
        wall = f"create policy tenant_wall on ledger_checkpoints using ({WALL}) with check ({WALL})"
        op.get_bind().exec_driver_sql(wall)


def downgrade() -> None:
    op.drop_table("ledger_checkpoints")
    with op.batch_alter_table("events") as events:
        events.drop_column("reason_digest")
        events.drop_column("reason_salt")
