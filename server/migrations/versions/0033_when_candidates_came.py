"""When a candidate came, also where the application was transferred since, and where stages were that were taken out.

Revision ID: 0033
Revises: 0032
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0033"
down_revision = "0032"
branch_labels = None
depends_on = None

CAME = "update applications set applied_at = created_at"
CAME_BEFORE = """
update applications set applied_at = (
    select earlier.created_at from applications as earlier where earlier.id = applications.transferred_from_id
) where transferred_from_id is not null
"""


def upgrade() -> None:
    with op.batch_alter_table("applications", schema=None) as batch_op:
        batch_op.add_column(sa.Column("applied_at", sa.DateTime(timezone=True), nullable=True))
        batch_op.add_column(sa.Column("withdrawn_at", sa.DateTime(timezone=True), nullable=True))
    op.execute(CAME)
    op.execute(CAME_BEFORE)
    with op.batch_alter_table("applications", schema=None) as batch_op:
        batch_op.alter_column("applied_at", nullable=False)
    with op.batch_alter_table("job_stages", schema=None) as batch_op:
        batch_op.add_column(sa.Column("last_position", sa.SmallInteger(), nullable=True))


def downgrade() -> None:
    with op.batch_alter_table("job_stages", schema=None) as batch_op:
        batch_op.drop_column("last_position")
    with op.batch_alter_table("applications", schema=None) as batch_op:
        batch_op.drop_column("withdrawn_at")
        batch_op.drop_column("applied_at")
