"""The work of the clock is under way once in each tenant.

Revision ID: 0042
Revises: 0041
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0042"
down_revision = "0041"
branch_labels = None
depends_on = None

OPEN = sa.text("done_at is null and name >= 'round/' and name < 'round0'")


def upgrade() -> None:
    op.create_index(
        "uq_outbox_round", "outbox", ["tenant_id", "name"], unique=True, sqlite_where=OPEN, postgresql_where=OPEN
    )


def downgrade() -> None:
    op.drop_index("uq_outbox_round", table_name="outbox")
