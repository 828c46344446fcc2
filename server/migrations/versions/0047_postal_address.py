"""The postal address of a tenant, for its letters and pages.

Revision ID: 0047
Revises: 0046
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0047"
down_revision = "0046"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("tenants", sa.Column("postal_address", sa.String(200)))


def downgrade() -> None:
    op.drop_column("tenants", "postal_address")
