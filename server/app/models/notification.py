"""Notifications of users in the app, and what each of them wants to be notified of."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from app.models.base.model import BaseModel
from app.models.base.tenancy import TenantScoped, within_tenant
from app.models.base.types import UtcDateTime, enum_of


class NotificationKind(StrEnum):
    """What a user is notified of."""

    APPLICATION_NEWS = "application_news"
    APPROVAL_ASKED = "approval_asked"
    APPROVAL_DECIDED = "approval_decided"
    CANDIDATE_ASSIGNED = "candidate_assigned"
    CORRECTION_PROPOSED = "correction_proposed"
    DOCUMENT_EXPIRES = "document_expires"
    FEEDBACK_ASKED = "feedback_asked"
    INTERVIEW_SCHEDULED = "interview_scheduled"
    INVITATION_SUBMITTED = "invitation_submitted"
    JOB_TEAM_JOINED = "job_team_joined"
    MAILBOX_PAUSED = "mailbox_paused"
    MESSAGE_RECEIVED = "message_received"
    NEW_SIGN_IN = "new_sign_in"
    NOTE_MENTION = "note_mention"
    OFFER_DECIDED = "offer_decided"
    PRIVACY_REQUESTED = "privacy_requested"
    RETENTION_NOTICE = "retention_notice"
    SEARCH_ALERT = "search_alert"
    TASK_ASSIGNED = "task_assigned"
    TASKS_DUE = "tasks_due"
    WORK_REASSIGNED = "work_reassigned"


class EmailChannel(StrEnum):
    """When a notification is mailed: at once, in the daily digest, or not at all."""

    NOW = "now"
    DAILY = "daily"
    OFF = "off"


class Notification(TenantScoped, BaseModel):
    """A notification of one user; without personal data: names are read when it is read, in what the reader may see."""

    __tablename__ = "notifications"
    __keys__ = (
        # A repeated event notifies once; `key` names the event, such as "note_mention:<id of the note>".
        sa.UniqueConstraint("tenant_id", "user_id", "key"),
        within_tenant("user_id", "users", ondelete="CASCADE"),
        within_tenant("candidate_id", "candidates", ondelete="CASCADE"),
        within_tenant("job_id", "jobs", ondelete="CASCADE"),
        sa.Index("ix_notifications_tenant_id_candidate_id", "tenant_id", "candidate_id"),
        sa.Index("ix_notifications_tenant_id_job_id", "tenant_id", "job_id"),
        sa.Index("ix_notifications_tenant_id_user_id_created_at_id", "tenant_id", "user_id", "created_at", "id"),
        sa.Index(
            "ix_notifications_tenant_id_user_id_unread",
            "tenant_id",
            "user_id",
            "id",
            sqlite_where=sa.text("read_at is null and is_shown"),
            postgresql_where=sa.text("read_at is null and is_shown"),
        ),
        sa.Index(
            "ix_notifications_tenant_id_user_id_digest",
            "tenant_id",
            "user_id",
            "created_at",
            sqlite_where=sa.text("awaits_digest"),
            postgresql_where=sa.text("awaits_digest"),
        ),
    )

    user_id: Mapped[UUID]
    kind: Mapped[NotificationKind] = mapped_column(enum_of(NotificationKind, "kind"))
    key: Mapped[str] = mapped_column(sa.String(200))
    subject_type: Mapped[str | None] = mapped_column(sa.String(60))
    subject_id: Mapped[UUID | None]  # no foreign key: what it is about may be deleted
    candidate_id: Mapped[UUID | None]
    job_id: Mapped[UUID | None]
    actor_id: Mapped[UUID | None]  # the user who caused it, if it was one
    is_shown: Mapped[bool] = mapped_column(default=True)  # in the app
    awaits_digest: Mapped[bool] = mapped_column(default=False)
    read_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
