"""Every refresh token that was overtaken on its way has its answer, however many rotations came between.

Revision ID: 0041
Revises: 0040
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

revision = "0041"
down_revision = "0040"
branch_labels = None
depends_on = None

JSON = sa.JSON(none_as_null=True).with_variant(JSONB(none_as_null=True), "postgresql")
SESSIONS = ("auth_sessions", "platform_sessions")
OLDER = ("older_hash", "older_seed")


def upgrade() -> None:
    for table in SESSIONS:  # what the columns held counts for a second, so it is not carried over
        with op.batch_alter_table(table, schema=None) as batch_op:
            batch_op.add_column(sa.Column("overtaken", JSON, nullable=False, server_default="[]"))
            for name in OLDER:
                batch_op.drop_column(name)


def downgrade() -> None:
    for table in reversed(SESSIONS):
        with op.batch_alter_table(table, schema=None) as batch_op:
            for name in OLDER:
                batch_op.add_column(sa.Column(name, sa.String(length=64), nullable=True))
            batch_op.drop_column("overtaken")
