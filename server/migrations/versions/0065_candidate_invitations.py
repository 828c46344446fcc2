"""Invitations of candidates, types of documents and which of them are required.

Revision ID: 0065
Revises: 0064
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from migrations.states import allow
from migrations.tables import JSON, MOMENT, choice, create_tenant_table, index, unique, within

revision = "0065"
down_revision = "0064"
branch_labels = None
depends_on = None

STATES = (
    "created",
    "sent",
    "opened",
    "in_progress",
    "submitted",
    "changes_requested",
    "approved",
    "rejected",
    "expired",
    "revoked",
    "bounced",
)
IS_ACTIVE = "status in ('created', 'sent', 'opened', 'in_progress', 'submitted', 'changes_requested')"
KINDS = (
    "application_news",
    "approval_asked",
    "approval_decided",
    "candidate_assigned",
    "feedback_asked",
    "interview_scheduled",
    "job_team_joined",
    "message_received",
    "new_sign_in",
    "note_mention",
    "offer_decided",
    "retention_notice",
    "search_alert",
    "task_assigned",
    "tasks_due",
    "work_reassigned",
)
NEW_KINDS = ("correction_proposed", "document_expires", "invitation_submitted", "mailbox_paused", "privacy_requested")
TRIGGERS = (
    "application_received",
    "application_moved",
    "application_rejected",
    "application_hired",
    "interview_invitation",
    "interview_reminder",
    "interview_cancelled",
)
NEW_TRIGGERS = ("candidate_invitation_reminder",)
OF_DOCUMENTS = ("document_type_id", "expires_on")


def upgrade() -> None:
    _create_types()
    _create_invitations()
    with op.batch_alter_table("candidate_documents") as batch:
        batch.add_column(sa.Column("document_type_id", sa.Uuid(), nullable=True))
        batch.add_column(sa.Column("expires_on", sa.Date(), nullable=True))
        states = choice("candidate_documents", "verification", "pending", "verified", "refused")
        batch.add_column(sa.Column("verification", states, nullable=True))
        batch.add_column(sa.Column("verified_by_id", sa.Uuid(), nullable=True))
        batch.add_column(sa.Column("verified_at", MOMENT, nullable=True))
        batch.add_column(sa.Column("expiry_notified_at", MOMENT, nullable=True))
        batch.create_foreign_key(
            op.f("fk_candidate_documents_tenant_id_document_type_id_document_types"),
            "document_types",
            ["tenant_id", "document_type_id"],
            ["tenant_id", "id"],
            ondelete="RESTRICT",
        )
    for column in OF_DOCUMENTS:
        index("candidate_documents", column)
    with op.batch_alter_table("email_messages") as batch:
        batch.add_column(sa.Column("invitation_id", sa.Uuid(), nullable=True))
        batch.create_foreign_key(
            op.f("fk_email_messages_tenant_id_invitation_id_candidate_invitations"),
            "candidate_invitations",
            ["tenant_id", "invitation_id"],
            ["tenant_id", "id"],
            ondelete="CASCADE",
        )
    index("email_messages", "invitation_id")
    with op.batch_alter_table("notifications") as batch:
        allow(batch, "notifications", *KINDS, *NEW_KINDS, column="kind")
    with op.batch_alter_table("mail_rules") as batch:
        allow(batch, "mail_rules", *TRIGGERS, *NEW_TRIGGERS, column="trigger")


def downgrade() -> None:
    op.execute(f"delete from mail_rules where trigger in ({_listed(NEW_TRIGGERS)})")
    with op.batch_alter_table("mail_rules") as batch:
        allow(batch, "mail_rules", *TRIGGERS, column="trigger")
    op.execute(f"delete from notifications where kind in ({_listed(NEW_KINDS)})")
    with op.batch_alter_table("notifications") as batch:
        allow(batch, "notifications", *KINDS, column="kind")
    op.execute("delete from email_messages where invitation_id is not null")
    op.drop_index("ix_email_messages_tenant_id_invitation_id", "email_messages")
    with op.batch_alter_table("email_messages") as batch:
        batch.drop_constraint(
            op.f("fk_email_messages_tenant_id_invitation_id_candidate_invitations"), type_="foreignkey"
        )
        batch.drop_column("invitation_id")
    for column in OF_DOCUMENTS:
        op.drop_index(f"ix_candidate_documents_tenant_id_{column}", "candidate_documents")
    with op.batch_alter_table("candidate_documents") as batch:
        batch.drop_constraint(
            op.f("fk_candidate_documents_tenant_id_document_type_id_document_types"), type_="foreignkey"
        )
        batch.drop_constraint(op.f("ck_candidate_documents_verification"), type_="check")
        for column in (*OF_DOCUMENTS, "verification", "verified_by_id", "verified_at", "expiry_notified_at"):
            batch.drop_column(column)
    op.drop_table("invitation_files")
    op.drop_table("candidate_invitations")
    op.drop_table("document_requirements")
    op.drop_table("document_types")


def _listed(values: tuple[str, ...]) -> str:
    return ", ".join(f"'{value}'" for value in values)


def _create_types() -> None:
    create_tenant_table(
        "document_types",
        sa.Column("name", sa.String(length=60), nullable=False),
        sa.Column("description", sa.String(length=500), nullable=True),
        sa.Column("has_expiry", sa.Boolean(), nullable=False),
        sa.Column("needs_verification", sa.Boolean(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        unique("document_types", "name"),
    )
    table = "document_requirements"
    create_tenant_table(
        table,
        sa.Column("document_type_id", sa.Uuid(), nullable=False),
        sa.Column("job_id", sa.Uuid(), nullable=True),
        within(table, "document_type_id", "document_types", "CASCADE"),
        within(table, "job_id", "jobs", "CASCADE"),
    )
    index(table, "document_type_id")
    index(table, "job_id")


def _create_invitations() -> None:
    table = "candidate_invitations"
    create_tenant_table(
        table,
        sa.Column("email", sa.String(length=254), nullable=False),
        sa.Column("name", sa.String(length=200), nullable=True),
        sa.Column("candidate_id", sa.Uuid(), nullable=True),
        sa.Column("job_id", sa.Uuid(), nullable=True),
        sa.Column("owner_id", sa.Uuid(), nullable=True),
        sa.Column("note", sa.String(length=2000), nullable=True),
        sa.Column("language", sa.String(length=2), nullable=True),
        sa.Column("hours", sa.Integer(), nullable=False),
        sa.Column("status", choice(table, "status", *STATES), nullable=False),
        sa.Column("status_reason", sa.String(length=500), nullable=True),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("form", JSON, nullable=False),
        *(sa.Column(name, MOMENT, nullable=True) for name in ("sent_at", "expires_at", "submitted_at", "reminded_at")),
        sa.Column("version", sa.Integer(), nullable=False),
        within(table, "candidate_id", "candidates", "CASCADE"),
        within(table, "job_id", "jobs"),
    )
    where = sa.text(IS_ACTIVE)
    op.create_index(
        "uq_candidate_invitations_active",
        table,
        ["tenant_id", "email"],
        unique=True,
        sqlite_where=where,
        postgresql_where=where,
    )
    index(table, "created_at", "id")
    index(table, "candidate_id")
    index(table, "owner_id")
    index(table, "status", "expires_at")
    table = "invitation_files"
    create_tenant_table(
        table,
        sa.Column("invitation_id", sa.Uuid(), nullable=False),
        sa.Column("document_type_id", sa.Uuid(), nullable=True),
        sa.Column("expires_on", sa.Date(), nullable=True),
        sa.Column("filename", sa.String(length=200), nullable=False),
        sa.Column("media_type", sa.String(length=100), nullable=False),
        sa.Column("size", sa.Integer(), nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("storage_key", sa.String(length=200), nullable=False),
        within(table, "invitation_id", "candidate_invitations", "CASCADE"),
        within(table, "document_type_id", "document_types"),
        unique(table, "invitation_id", "sha256"),
    )
    index(table, "invitation_id")
