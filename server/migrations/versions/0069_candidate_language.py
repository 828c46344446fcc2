"""The language in which a candidate is mailed.

Revision ID: 0069
Revises: 0068
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0069"
down_revision = "0068"
branch_labels = None
depends_on = None


def upgrade() -> None:
    # Outside a batch, which would lose the triggers of the search index.
    op.add_column("candidates", sa.Column("preferred_language", sa.String(length=2), nullable=True))


def downgrade() -> None:
    op.drop_column("candidates", "preferred_language")
