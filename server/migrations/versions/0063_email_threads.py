"""Threads of emails, received emails, suppressed addresses.

Revision ID: 0063
Revises: 0062
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from migrations.row_security import enable_row_security
from migrations.states import allow

revision = "0063"
down_revision = "0062"
branch_labels = None
depends_on = None

JSON = sa.JSON().with_variant(sa.dialects.postgresql.JSONB(), "postgresql")
MOMENT = sa.DateTime(timezone=True)
KINDS = (
    "application_news approval_asked approval_decided candidate_assigned feedback_asked interview_scheduled "
    "job_team_joined new_sign_in note_mention offer_decided retention_notice search_alert task_assigned tasks_due "
    "work_reassigned"
).split()
BEFORE = ("queued", "sent", "failed", "cancelled")
PLAIN = (
    ("thread_id", sa.Uuid()),
    ("author_id", sa.Uuid()),
    ("sender", sa.String(254)),
    ("subject", sa.String(300)),
    ("text", sa.Text()),
    ("html", sa.Text()),
    ("message_id", sa.String(250)),
)


def upgrade() -> None:
    _create_threads()
    _create_suppressions()
    direction = sa.Enum(
        "out", "in", name=op.f("ck_email_messages_direction"), native_enum=False, create_constraint=True, length=32
    )
    with op.batch_alter_table("email_messages") as batch:
        allow(batch, "email_messages", *BEFORE, "suppressed", "bounced", "received")
        batch.add_column(sa.Column("direction", direction, nullable=False, server_default="out"))
        for name, kind in PLAIN:
            batch.add_column(sa.Column(name, kind, nullable=True))
        batch.add_column(sa.Column("is_automatic", sa.Boolean(), nullable=False, server_default=sa.false()))
        batch.add_column(sa.Column("is_internal", sa.Boolean(), nullable=False, server_default=sa.false()))
        batch.add_column(sa.Column("attachments", JSON, nullable=False, server_default="[]"))
        batch.create_foreign_key(
            op.f("fk_email_messages_tenant_id_thread_id_email_threads"),
            "email_threads",
            ["tenant_id", "thread_id"],
            ["tenant_id", "id"],
            ondelete="CASCADE",
        )
    # Keys of emails about interviews end with the receiver.
    op.execute(
        "update email_messages set is_internal = true where candidate_id is not null and (template = 'feedback_asked'"
        " or (template like 'interview%' and delivery_key not like '%candidate'))"
    )
    op.create_index("ix_email_messages_tenant_id_thread_id", "email_messages", ["tenant_id", "thread_id"])
    with op.batch_alter_table("notifications") as batch:
        allow(batch, "notifications", *KINDS, "message_received", column="kind")


def downgrade() -> None:
    """Go back; received emails are lost."""
    op.execute("delete from notifications where kind = 'message_received'")
    with op.batch_alter_table("notifications") as batch:
        allow(batch, "notifications", *KINDS, column="kind")
    op.execute("delete from email_messages where direction = 'in'")
    op.execute("update email_messages set status = 'failed' where status in ('suppressed', 'bounced')")
    op.drop_index("ix_email_messages_tenant_id_thread_id", "email_messages")
    with op.batch_alter_table("email_messages") as batch:
        batch.drop_constraint(op.f("fk_email_messages_tenant_id_thread_id_email_threads"), type_="foreignkey")
        batch.drop_constraint(op.f("ck_email_messages_direction"), type_="check")
        for name in ("direction", *(name for name, _ in PLAIN), "is_automatic", "is_internal", "attachments"):
            batch.drop_column(name)
        allow(batch, "email_messages", *BEFORE)
    op.drop_table("mail_suppressions")
    op.drop_table("email_threads")


def _create_threads() -> None:
    table = "email_threads"
    op.create_table(
        table,
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("tenant_id", sa.Uuid(), nullable=False),
        sa.Column("candidate_id", sa.Uuid(), nullable=False),
        sa.Column("application_id", sa.Uuid(), nullable=True),
        sa.Column("user_id", sa.Uuid(), nullable=True),
        sa.Column("subject", sa.String(length=300), nullable=False),
        sa.Column("last_message_at", MOMENT, nullable=False),
        sa.Column("last_direction", sa.String(length=3), nullable=False),
        sa.Column("created_at", MOMENT, nullable=False),
        sa.Column("updated_at", MOMENT, nullable=False),
        sa.ForeignKeyConstraint(
            ["tenant_id"], ["tenants.id"], name=op.f(f"fk_{table}_tenant_id_tenants"), ondelete="CASCADE"
        ),
        *(
            sa.ForeignKeyConstraint(
                ["tenant_id", column],
                [f"{target}.tenant_id", f"{target}.id"],
                name=op.f(f"fk_{table}_tenant_id_{column}_{target}"),
                ondelete="CASCADE",
            )
            for column, target in (("candidate_id", "candidates"), ("application_id", "applications"))
        ),
        sa.PrimaryKeyConstraint("id", name=op.f(f"pk_{table}")),
        sa.UniqueConstraint("tenant_id", "id", name=op.f(f"uq_{table}_tenant_id_id")),
    )
    op.create_index(f"ix_{table}_tenant_id_candidate_id", table, ["tenant_id", "candidate_id"])
    op.create_index(f"ix_{table}_tenant_id_last_message_at_id", table, ["tenant_id", "last_message_at", "id"])
    enable_row_security(table)


def _create_suppressions() -> None:
    table = "mail_suppressions"
    reasons = sa.Enum(
        *"bounced unsubscribed manual".split(),
        name=op.f(f"ck_{table}_reason"),
        native_enum=False,
        create_constraint=True,
        length=32,
    )
    op.create_table(
        table,
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("tenant_id", sa.Uuid(), nullable=False),
        sa.Column("address", sa.String(length=254), nullable=False),
        sa.Column("reason", reasons, nullable=False),
        sa.Column("user_id", sa.Uuid(), nullable=True),
        sa.Column("created_at", MOMENT, nullable=False),
        sa.Column("updated_at", MOMENT, nullable=False),
        sa.ForeignKeyConstraint(
            ["tenant_id"], ["tenants.id"], name=op.f(f"fk_{table}_tenant_id_tenants"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f(f"pk_{table}")),
        sa.UniqueConstraint("tenant_id", "id", name=op.f(f"uq_{table}_tenant_id_id")),
        sa.UniqueConstraint("tenant_id", "address", name=op.f(f"uq_{table}_tenant_id_address")),
    )
    op.create_index(f"ix_{table}_tenant_id_created_at_id", table, ["tenant_id", "created_at", "id"])
    enable_row_security(table)
