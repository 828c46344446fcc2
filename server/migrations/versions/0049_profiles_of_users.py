"""What users say of themselves: title, phone, time zone, locale and signature.

Revision ID: 0049
Revises: 0048
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0049"
down_revision = "0048"
branch_labels = None
depends_on = None

LENGTHS = {"title": 200, "phone": 40, "time_zone": 64, "locale": 35, "signature": 2000}


def upgrade() -> None:
    for name, length in LENGTHS.items():
        op.add_column("users", sa.Column(name, sa.String(length)))


def downgrade() -> None:
    for name in reversed(LENGTHS):
        op.drop_column("users", name)
