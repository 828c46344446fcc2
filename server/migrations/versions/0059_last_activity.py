"""When people last did something about candidates and applications.

Revision ID: 0059
Revises: 0058
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0059"
down_revision = "0058"
branch_labels = None
depends_on = None

TABLES = ("candidates", "applications")
EPOCH = "1970-01-01 00:00:00+00:00"


def upgrade() -> None:
    for table in TABLES:
        # Outside a batch, which would rebuild the table on SQLite and lose the triggers of the search index.
        moment = sa.Column("last_activity_at", sa.DateTime(timezone=True), nullable=False, server_default=EPOCH)
        op.add_column(table, moment)
        op.execute(f"update {table} set last_activity_at = updated_at")
        index = f"ix_{table}_tenant_id_last_activity_at_id"
        op.create_index(index, table, ["tenant_id", "last_activity_at", "id"])
    op.add_column("tenant_counters", sa.Column("activity_seq", sa.BigInteger(), nullable=False, server_default="0"))
    op.execute("update tenant_counters set activity_seq = seq")


def downgrade() -> None:
    op.drop_column("tenant_counters", "activity_seq")
    for table in TABLES:
        op.drop_index(f"ix_{table}_tenant_id_last_activity_at_id", table)
        op.drop_column(table, "last_activity_at")
