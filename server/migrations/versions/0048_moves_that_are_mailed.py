"""Stages say whether a move to them is mailed, and under which name; present stages mail as before.

Revision ID: 0048
Revises: 0047
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0048"
down_revision = "0047"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("job_stages", sa.Column("public_name", sa.String(80)))
    with op.batch_alter_table("job_stages") as batch:
        # The default is for the rows that are there: the server always writes the column.
        batch.add_column(sa.Column("mails_candidate", sa.Boolean(), nullable=False, server_default=sa.true()))
    with op.batch_alter_table("job_stages") as batch:
        batch.alter_column("mails_candidate", server_default=None)


def downgrade() -> None:
    with op.batch_alter_table("job_stages") as batch:
        batch.drop_column("mails_candidate")
        batch.drop_column("public_name")
