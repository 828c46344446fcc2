"""Matches have the version of their scorer and are sorted by confidence, too; vectors have their form.

Revision ID: 0045
Revises: 0044
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from migrations.promises import enqueue_for_each_tenant

revision = "0045"
down_revision = "0044"
branch_labels = None
depends_on = None

EVENT = "matches/outdated"
COLUMNS = ["tenant_id", "job_id"]


def upgrade() -> None:
    op.add_column("candidate_resumes", sa.Column("embedding_form", sa.String(40), nullable=True))
    with op.batch_alter_table("candidate_matches") as batch:
        batch.drop_index("ix_candidate_matches_tenant_id_job_id_score_id")
        # The defaults are for the rows that are there: the server always writes both columns.
        batch.add_column(sa.Column("standing", sa.Integer(), nullable=False, server_default="0"))
        batch.add_column(sa.Column("scorer", sa.String(40), nullable=False, server_default="1"))
    op.execute("update candidate_matches set standing = score * 101 + confidence")
    with op.batch_alter_table("candidate_matches") as batch:
        batch.alter_column("standing", server_default=None)
        batch.alter_column("scorer", server_default=None)
        batch.create_index("ix_candidate_matches_tenant_id_job_id_standing_id", [*COLUMNS, "standing", "id"])
    enqueue_for_each_tenant(EVENT)  # vectors and matches are made anew by a run per tenant


def downgrade() -> None:
    op.execute(f"delete from outbox where name = '{EVENT}'")
    with op.batch_alter_table("candidate_matches") as batch:
        batch.drop_index("ix_candidate_matches_tenant_id_job_id_standing_id")
        batch.drop_column("scorer")
        batch.drop_column("standing")
        batch.create_index("ix_candidate_matches_tenant_id_job_id_score_id", [*COLUMNS, "score", "id"])
    op.drop_column("candidate_resumes", "embedding_form")
