"""Matches have the version of their scorer and are sorted by confidence, too; vectors have their form.

Revision ID: 0045
Revises: 0044
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

from app.utils import clock, ids

revision = "0045"
down_revision = "0044"
branch_labels = None
depends_on = None

JSON = sa.JSON(none_as_null=True).with_variant(JSONB(none_as_null=True), "postgresql")
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
    _enqueue_rebuilds()


def _enqueue_rebuilds() -> None:
    """Vectors and matches are made anew by a run per tenant, because that takes long."""
    bind, now = op.get_bind(), clock.now()
    moments = [sa.column(name, sa.DateTime(timezone=True)) for name in ("due_at", "created_at", "updated_at")]
    names = [sa.column("id", sa.Uuid()), sa.column("tenant_id", sa.Uuid()), sa.column("data", JSON)]
    plain = [sa.column(name) for name in ("name", "generation", "sends")]
    outbox = sa.table("outbox", *names, *plain, *moments)
    for tenant_id in bind.scalars(sa.select(sa.column("id", sa.Uuid())).select_from(sa.table("tenants"))).all():
        row = {"id": ids.new_id(), "tenant_id": tenant_id, "data": {}, "name": EVENT, "generation": 0, "sends": 0}
        bind.execute(sa.insert(outbox).values({**row, **dict.fromkeys(("due_at", "created_at", "updated_at"), now)}))


def downgrade() -> None:
    op.execute(f"delete from outbox where name = '{EVENT}'")
    with op.batch_alter_table("candidate_matches") as batch:
        batch.drop_index("ix_candidate_matches_tenant_id_job_id_standing_id")
        batch.drop_column("scorer")
        batch.drop_column("standing")
        batch.create_index("ix_candidate_matches_tenant_id_job_id_score_id", [*COLUMNS, "score", "id"])
    op.drop_column("candidate_resumes", "embedding_form")
