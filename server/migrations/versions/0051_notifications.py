"""Notifications in the app; users choose a channel for each kind instead of muting emails.

Revision ID: 0051
Revises: 0050
"""

from __future__ import annotations

import json
from typing import Any

import sqlalchemy as sa
from alembic import op

from migrations.row_security import enable_row_security

revision = "0051"
down_revision = "0050"
branch_labels = None
depends_on = None

MOMENT = sa.DateTime(timezone=True)
JSON = sa.JSON().with_variant(sa.dialects.postgresql.JSONB(), "postgresql")
KINDS = (
    "application_news approval_asked approval_decided candidate_assigned feedback_asked interview_scheduled "
    "job_team_joined new_sign_in note_mention offer_decided retention_notice search_alert task_assigned tasks_due "
    "work_reassigned"
).split()
USERS = sa.table("users", sa.column("id"), sa.column("muted_mails", JSON), sa.column("notification_settings", JSON))
UNREAD, DIGEST = "read_at is null and is_shown", "awaits_digest"


def upgrade() -> None:
    op.create_table(
        "notifications",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("tenant_id", sa.Uuid(), nullable=False),
        sa.Column("user_id", sa.Uuid(), nullable=False),
        sa.Column(
            "kind", sa.Enum(*KINDS, name="kind", native_enum=False, create_constraint=True, length=32), nullable=False
        ),
        sa.Column("key", sa.String(length=200), nullable=False),
        sa.Column("subject_type", sa.String(length=60), nullable=True),
        sa.Column("subject_id", sa.Uuid(), nullable=True),
        sa.Column("candidate_id", sa.Uuid(), nullable=True),
        sa.Column("job_id", sa.Uuid(), nullable=True),
        sa.Column("actor_id", sa.Uuid(), nullable=True),
        sa.Column("is_shown", sa.Boolean(), nullable=False),
        sa.Column("awaits_digest", sa.Boolean(), nullable=False),
        sa.Column("read_at", MOMENT, nullable=True),
        sa.Column("created_at", MOMENT, nullable=False),
        sa.Column("updated_at", MOMENT, nullable=False),
        sa.ForeignKeyConstraint(
            ["tenant_id"], ["tenants.id"], name=op.f("fk_notifications_tenant_id_tenants"), ondelete="CASCADE"
        ),
        _within("user_id", "users"),
        _within("candidate_id", "candidates"),
        _within("job_id", "jobs"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_notifications")),
        sa.UniqueConstraint("tenant_id", "id", name=op.f("uq_notifications_tenant_id_id")),
        sa.UniqueConstraint("tenant_id", "user_id", "key", name=op.f("uq_notifications_tenant_id_user_id_key")),
    )
    name = "ix_notifications_tenant_id_"
    op.create_index(f"{name}candidate_id", "notifications", ["tenant_id", "candidate_id"])
    op.create_index(f"{name}job_id", "notifications", ["tenant_id", "job_id"])
    op.create_index(f"{name}user_id_created_at_id", "notifications", ["tenant_id", "user_id", "created_at", "id"])
    _partial_index(f"{name}user_id_unread", "id", UNREAD)
    _partial_index(f"{name}user_id_digest", "created_at", DIGEST)
    enable_row_security("notifications")
    op.add_column("users", sa.Column("notification_settings", JSON, nullable=False, server_default="{}"))
    _each(USERS.c.muted_mails, USERS.c.notification_settings, lambda muted: {name: {"email": "off"} for name in muted})
    op.drop_column("users", "muted_mails")


def downgrade() -> None:
    op.add_column("users", sa.Column("muted_mails", JSON, nullable=False, server_default="[]"))
    _each(
        USERS.c.notification_settings,
        USERS.c.muted_mails,
        lambda chosen: sorted(name for name, channels in chosen.items() if channels.get("email") == "off"),
    )
    op.drop_column("users", "notification_settings")
    op.drop_table("notifications")


def _within(column: str, table: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint(
        ["tenant_id", column],
        [f"{table}.tenant_id", f"{table}.id"],
        name=op.f(f"fk_notifications_tenant_id_{column}_{table}"),
        ondelete="CASCADE",
    )


def _partial_index(name: str, column: str, where: str) -> None:
    condition = sa.text(where)
    columns = ["tenant_id", "user_id", column]
    op.create_index(name, "notifications", columns, sqlite_where=condition, postgresql_where=condition)


def _each(source: Any, target: Any, change: Any) -> None:
    """Write what `change` makes of one column into the other, where there is something to change."""
    if op.get_context().as_sql:
        return  # there are no rows to read
    connection = op.get_bind()
    for user_id, value in connection.execute(sa.select(USERS.c.id, source)).all():
        value = json.loads(value) if isinstance(value, str) else value
        if value:
            connection.execute(sa.update(USERS).where(USERS.c.id == user_id).values({target: change(value)}))
