"""Bookings by candidates, pools and load limits of interviewers, pauses, calendars elsewhere and feeds.

Revision ID: 0067
Revises: 0066
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from migrations.tables import JSON, MOMENT, choice, create_tenant_table, index, unique, within

revision = "0067"
down_revision = "0066"
branch_labels = None
depends_on = None

LIMITS = ("max_per_day", "max_per_week")


def upgrade() -> None:
    with op.batch_alter_table("interviewer_availabilities") as batch:
        for name in LIMITS:
            batch.add_column(sa.Column(name, sa.Integer(), nullable=True))
    _create_pools()
    _create_busy_times()
    table = "interview_bookings"
    create_tenant_table(
        table,
        sa.Column("interview_id", sa.Uuid(), nullable=False),
        sa.Column("candidate_id", sa.Uuid(), nullable=False),
        sa.Column("pool_id", sa.Uuid(), nullable=True),
        sa.Column("seats", sa.Integer(), nullable=False),
        sa.Column("user_ids", JSON, nullable=False),
        sa.Column("minutes", sa.Integer(), nullable=False),
        sa.Column("since", MOMENT, nullable=False),
        sa.Column("until", MOMENT, nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("changes", sa.Integer(), nullable=False),
        sa.Column("is_open", sa.Boolean(), nullable=False),
        within(table, "interview_id", "interviews", "CASCADE"),
        within(table, "candidate_id", "candidates", "CASCADE"),
        within(table, "pool_id", "interviewer_pools", "CASCADE"),
        unique(table, "interview_id"),
    )
    index(table, "candidate_id")
    index(table, "pool_id")


def downgrade() -> None:
    for table in (
        "interview_bookings",
        "calendar_feeds",
        "interviewer_busy_times",
        "interviewer_calendars",
        "interviewer_pauses",
        "interviewer_pool_members",
        "interviewer_pools",
    ):
        op.drop_table(table)
    with op.batch_alter_table("interviewer_availabilities") as batch:
        for name in LIMITS:
            batch.drop_column(name)


def _create_pools() -> None:
    create_tenant_table(
        "interviewer_pools",
        sa.Column("name", sa.String(length=60), nullable=False),
        sa.Column("description", sa.String(length=500), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        unique("interviewer_pools", "name"),
    )
    table = "interviewer_pool_members"
    create_tenant_table(
        table,
        sa.Column("pool_id", sa.Uuid(), nullable=False),
        sa.Column("user_id", sa.Uuid(), nullable=False),
        within(table, "pool_id", "interviewer_pools", "CASCADE"),
        within(table, "user_id", "users", "CASCADE"),
        unique(table, "pool_id", "user_id"),
    )
    index(table, "user_id")


def _create_busy_times() -> None:
    times = [sa.Column(name, MOMENT, nullable=False) for name in ("starts_at", "ends_at")]
    table = "interviewer_pauses"
    create_tenant_table(
        table,
        sa.Column("user_id", sa.Uuid(), nullable=False),
        *times,
        sa.Column("reason", sa.String(length=200), nullable=True),
        within(table, "user_id", "users", "CASCADE"),
        sa.CheckConstraint("starts_at < ends_at", name=op.f(f"ck_{table}_times")),
    )
    index(table, "user_id", "starts_at")
    table = "interviewer_calendars"
    create_tenant_table(
        table,
        sa.Column("user_id", sa.Uuid(), nullable=False),
        sa.Column("kind", choice(table, "kind", "ics", "caldav"), nullable=False),
        sa.Column("encrypted_url", sa.String(length=2000), nullable=False),
        sa.Column("username", sa.String(length=200), nullable=True),
        sa.Column("encrypted_password", sa.String(length=1000), nullable=True),
        sa.Column("synced_at", MOMENT, nullable=True),
        sa.Column("due_at", MOMENT, nullable=False),
        sa.Column("failures", sa.Integer(), nullable=False),
        sa.Column("error", sa.String(length=500), nullable=True),
        within(table, "user_id", "users", "CASCADE"),
    )
    index(table, "user_id")
    table = "interviewer_busy_times"
    create_tenant_table(
        table,
        sa.Column("calendar_id", sa.Uuid(), nullable=False),
        sa.Column("user_id", sa.Uuid(), nullable=False),
        *(sa.Column(name, MOMENT, nullable=False) for name in ("starts_at", "ends_at")),
        within(table, "calendar_id", "interviewer_calendars", "CASCADE"),
        within(table, "user_id", "users", "CASCADE"),
    )
    index(table, "calendar_id")
    index(table, "user_id", "starts_at")
    table = "calendar_feeds"
    create_tenant_table(
        table,
        sa.Column("user_id", sa.Uuid(), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        within(table, "user_id", "users", "CASCADE"),
        unique(table, "user_id"),
    )
