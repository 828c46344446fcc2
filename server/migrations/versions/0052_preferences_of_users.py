"""What a client keeps for a user: columns, panes, colors.

Revision ID: 0052
Revises: 0051
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0052"
down_revision = "0051"
branch_labels = None
depends_on = None

JSON = sa.JSON().with_variant(sa.dialects.postgresql.JSONB(), "postgresql")


def upgrade() -> None:
    op.add_column("users", sa.Column("preferences", JSON, nullable=False, server_default="{}"))
    op.add_column("users", sa.Column("preferences_version", sa.Integer(), nullable=False, server_default="1"))


def downgrade() -> None:
    op.drop_column("users", "preferences_version")
    op.drop_column("users", "preferences")
