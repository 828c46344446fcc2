"""Mailboxes of users, and what was read in them.

Revision ID: 0068
Revises: 0067
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from migrations.tables import MOMENT, choice, create_tenant_table, index, unique, within

revision = "0068"
down_revision = "0067"
branch_labels = None
depends_on = None


def upgrade() -> None:
    table = "email_integrations"
    create_tenant_table(
        table,
        sa.Column("user_id", sa.Uuid(), nullable=False),
        sa.Column("kind", choice(table, "kind", "imap", "gmail", "outlook"), nullable=False),
        sa.Column("address", sa.String(length=254), nullable=False),
        sa.Column("host", sa.String(length=253), nullable=False),
        sa.Column("port", sa.Integer(), nullable=False),
        sa.Column("security", choice(table, "security", "tls", "starttls", "none"), nullable=False),
        sa.Column("username", sa.String(length=254), nullable=False),
        sa.Column("encrypted_secret", sa.Text(), nullable=False),
        sa.Column("folder", sa.String(length=200), nullable=False),
        sa.Column("status", choice(table, "status", "active", "paused", "failed"), nullable=False),
        sa.Column("status_reason", sa.String(length=500), nullable=True),
        sa.Column("failures", sa.Integer(), nullable=False),
        sa.Column("synced_at", MOMENT, nullable=True),
        sa.Column("due_at", MOMENT, nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        within(table, "user_id", "users", "CASCADE"),
        unique(table, "user_id", "address"),
    )
    index(table, "status", "due_at")
    table = "processed_emails"
    create_tenant_table(
        table,
        sa.Column("integration_id", sa.Uuid(), nullable=False),
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.Column("place", sa.String(length=40), nullable=False),
        sa.Column("result", sa.String(length=20), nullable=False),
        sa.Column("sender", sa.String(length=254), nullable=True),
        sa.Column("subject", sa.String(length=300), nullable=True),
        sa.Column("received_at", MOMENT, nullable=True),
        within(table, "integration_id", "email_integrations", "CASCADE"),
        unique(table, "integration_id", "digest"),
    )
    index(table, "integration_id", "place")
    index(table, "created_at")


def downgrade() -> None:
    op.drop_table("processed_emails")
    op.drop_table("email_integrations")
