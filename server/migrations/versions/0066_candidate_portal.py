"""The portal of candidates: sessions, corrections, and privacy requests that candidates make.

Revision ID: 0066
Revises: 0065
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from migrations.states import allow
from migrations.tables import MOMENT, choice, create_tenant_table, index, within

revision = "0066"
down_revision = "0065"
branch_labels = None
depends_on = None

STATES = ("pending", "done", "failed", "expired")


def upgrade() -> None:
    table = "portal_sessions"
    create_tenant_table(
        table,
        sa.Column("candidate_id", sa.Uuid(), nullable=False),
        sa.Column("opened_at", MOMENT, nullable=True),
        sa.Column("expires_at", MOMENT, nullable=False),
        within(table, "candidate_id", "candidates", "CASCADE"),
    )
    index(table, "candidate_id")
    table = "candidate_corrections"
    fields = choice(table, "field", "name", "headline", "location", "email", "phone", "link")
    create_tenant_table(
        table,
        sa.Column("candidate_id", sa.Uuid(), nullable=False),
        sa.Column("field", fields, nullable=False),
        sa.Column("value", sa.String(length=400), nullable=False),
        sa.Column("status", choice(table, "status", "pending", "accepted", "rejected"), nullable=False),
        sa.Column("status_reason", sa.String(length=500), nullable=True),
        sa.Column("decided_by_id", sa.Uuid(), nullable=True),
        sa.Column("decided_at", MOMENT, nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        within(table, "candidate_id", "candidates", "CASCADE"),
    )
    index(table, "candidate_id")
    index(table, "created_at", "id")
    op.add_column("candidate_contacts", sa.Column("is_parsed", sa.Boolean(), nullable=False, server_default=sa.false()))
    # Where the points of people with resumes came from is not known: they open nothing until somebody confirms them.
    op.execute(
        "update candidate_contacts set is_parsed = true where candidate_id in"
        " (select candidate_id from candidate_resumes where candidate_id is not null)"
    )
    with op.batch_alter_table("candidate_documents") as batch:
        batch.add_column(sa.Column("is_from_candidate", sa.Boolean(), nullable=False, server_default=sa.false()))
    with op.batch_alter_table("privacy_requests") as batch:
        allow(batch, "privacy_requests", *STATES, "requested", "refused")
        batch.add_column(sa.Column("is_by_candidate", sa.Boolean(), nullable=False, server_default=sa.false()))
        batch.add_column(sa.Column("status_reason", sa.String(length=500), nullable=True))


def downgrade() -> None:
    op.execute("delete from privacy_requests where status in ('requested', 'refused')")
    with op.batch_alter_table("privacy_requests") as batch:
        allow(batch, "privacy_requests", *STATES)
        batch.drop_column("is_by_candidate")
        batch.drop_column("status_reason")
    with op.batch_alter_table("candidate_documents") as batch:
        batch.drop_column("is_from_candidate")
    op.drop_column("candidate_contacts", "is_parsed")
    op.drop_table("candidate_corrections")
    op.drop_table("portal_sessions")
