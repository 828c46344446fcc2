"""Mailboxes of users, whose emails with candidates come on the record, and what was read in them."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from app.models.base.model import BaseModel, Versioned
from app.models.base.state_machine import StateMachine, Transition
from app.models.base.tenancy import TenantScoped, within_tenant
from app.models.base.types import UtcDateTime, enum_of
from app.models.email_message import MAX_SUBJECT


class MailboxKind(StrEnum):
    """How a mailbox is reached."""

    IMAP = "imap"  # with a password
    GMAIL = "gmail"  # with OAuth
    OUTLOOK = "outlook"


class MailboxSecurity(StrEnum):
    """How the connection is encrypted."""

    TLS = "tls"
    STARTTLS = "starttls"
    NONE = "none"  # in networks of one's own alone


class MailboxStatus(StrEnum):
    """The status of a mailbox."""

    ACTIVE = "active"
    PAUSED = "paused"
    FAILED = "failed"  # three failures in a row paused it


USE = "email_integrations.use"
MAILBOX_MACHINE = StateMachine(
    "email_integration",
    (
        Transition(MailboxStatus.ACTIVE, "pause", MailboxStatus.PAUSED, USE),
        Transition(MailboxStatus.PAUSED, "resume", MailboxStatus.ACTIVE, USE),
        Transition(MailboxStatus.FAILED, "resume", MailboxStatus.ACTIVE, USE),
        Transition(MailboxStatus.ACTIVE, "fail", MailboxStatus.FAILED, None, is_automatic=True),
    ),
)


class EmailIntegration(TenantScoped, Versioned, BaseModel):
    """A mailbox of a user; `encrypted_secret` is a password, or a refresh token of OAuth."""

    __tablename__ = "email_integrations"
    __keys__ = (
        sa.UniqueConstraint("tenant_id", "user_id", "address"),
        within_tenant("user_id", "users", ondelete="CASCADE"),
        sa.Index("ix_email_integrations_tenant_id_status_due_at", "tenant_id", "status", "due_at"),
    )

    user_id: Mapped[UUID]
    kind: Mapped[MailboxKind] = mapped_column(enum_of(MailboxKind, "kind"))
    address: Mapped[str] = mapped_column(sa.String(254))
    host: Mapped[str] = mapped_column(sa.String(253))
    port: Mapped[int]
    security: Mapped[MailboxSecurity] = mapped_column(enum_of(MailboxSecurity, "security"))
    username: Mapped[str] = mapped_column(sa.String(254))
    encrypted_secret: Mapped[str] = mapped_column(sa.Text)
    folder: Mapped[str] = mapped_column(sa.String(200), default="INBOX")
    status: Mapped[MailboxStatus] = mapped_column(enum_of(MailboxStatus, "status"), default=MailboxStatus.ACTIVE)
    status_reason: Mapped[str | None] = mapped_column(sa.String(500))
    failures: Mapped[int] = mapped_column(default=0)  # in a row
    synced_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    due_at: Mapped[datetime] = mapped_column(UtcDateTime)


class ProcessedEmail(TenantScoped, BaseModel):
    """An email that was read, remembered for 90 days; one that fits nothing keeps its head for the mailbox's owner."""

    __tablename__ = "processed_emails"
    __keys__ = (
        sa.UniqueConstraint("tenant_id", "integration_id", "digest"),
        within_tenant("integration_id", "email_integrations", ondelete="CASCADE"),
        sa.Index("ix_processed_emails_tenant_id_integration_id_place", "tenant_id", "integration_id", "place"),
        sa.Index("ix_processed_emails_tenant_id_created_at", "tenant_id", "created_at"),
    )

    integration_id: Mapped[UUID]
    digest: Mapped[str] = mapped_column(sa.String(64))  # of the email: it may be moved, or get another number
    place: Mapped[str] = mapped_column(sa.String(40))  # "UIDVALIDITY:UID", to skip it without reading it
    result: Mapped[str] = mapped_column(sa.String(20))
    sender: Mapped[str | None] = mapped_column(sa.String(254))  # these three of one that fits nothing
    subject: Mapped[str | None] = mapped_column(sa.String(MAX_SUBJECT))
    received_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
