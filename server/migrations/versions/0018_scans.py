"""Whether a virus scanner has looked at a file.

Revision ID: 0018
Revises: 0017
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0018"
down_revision = "0017"
branch_labels = None
depends_on = None

STATUSES = ("not_asked", "pending", "clean", "infected")


def upgrade() -> None:
    with op.batch_alter_table("candidate_documents") as documents:
        documents.add_column(sa.Column("scan_status", sa.String(length=32), nullable=False, server_default="not_asked"))
        documents.create_check_constraint(
            op.f("ck_candidate_documents_scan_status"), sa.column("scan_status").in_(STATUSES)
        )


def downgrade() -> None:
    with op.batch_alter_table("candidate_documents") as documents:
        documents.drop_constraint(op.f("ck_candidate_documents_scan_status"), type_="check")
        documents.drop_column("scan_status")
