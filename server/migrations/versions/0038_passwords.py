"""When a new password was asked for last, and whether the present one is good only beside a second factor.

Revision ID: 0038
Revises: 0037
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0038"
down_revision = "0037"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table("users", schema=None) as batch_op:
        batch_op.add_column(sa.Column("reset_asked_at", sa.DateTime(timezone=True), nullable=True))
        batch_op.add_column(sa.Column("is_password_short", sa.Boolean(), nullable=False, server_default=sa.false()))


def downgrade() -> None:
    with op.batch_alter_table("users", schema=None) as batch_op:
        batch_op.drop_column("is_password_short")
        batch_op.drop_column("reset_asked_at")
