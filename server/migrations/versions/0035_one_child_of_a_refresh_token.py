"""A refresh token and its child: the parent answers with the same child until that is used.

Revision ID: 0035
Revises: 0034
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0035"
down_revision = "0034"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table("auth_sessions", schema=None) as batch_op:
        batch_op.add_column(sa.Column("child_seed", sa.String(length=64), nullable=True))
        batch_op.drop_column("old_presented")
        batch_op.drop_column("contended_until")
    with op.batch_alter_table("platform_sessions", schema=None) as batch_op:
        batch_op.add_column(sa.Column("previous_hash", sa.String(length=64), nullable=True))
        batch_op.add_column(sa.Column("child_seed", sa.String(length=64), nullable=True))
    # Without its seed the parent of a live token cannot answer any more.
    op.execute("update auth_sessions set previous_hash = null")


def downgrade() -> None:
    with op.batch_alter_table("platform_sessions", schema=None) as batch_op:
        batch_op.drop_column("child_seed")
        batch_op.drop_column("previous_hash")
    with op.batch_alter_table("auth_sessions", schema=None) as batch_op:
        batch_op.add_column(sa.Column("old_presented", sa.SmallInteger(), nullable=False, server_default="0"))
        batch_op.add_column(sa.Column("contended_until", sa.DateTime(timezone=True), nullable=True))
        batch_op.drop_column("child_seed")
