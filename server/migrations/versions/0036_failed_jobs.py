"""Jobs that failed are counted without reading those that are done.

Revision ID: 0036
Revises: 0035
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0036"
down_revision = "0035"
branch_labels = None
depends_on = None

FAILED = "done_at is null and failed_at is not null"


def upgrade() -> None:
    op.create_index(
        "ix_outbox_failed_at",
        "outbox",
        ["failed_at"],
        sqlite_where=sa.text(FAILED),
        postgresql_where=sa.text(FAILED),
    )


def downgrade() -> None:
    op.drop_index("ix_outbox_failed_at", table_name="outbox")
