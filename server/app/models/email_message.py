"""Emails, each sent once under a unique delivery key."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from app.models.base.model import BaseModel
from app.models.base.tenancy import TenantScoped, within_tenant
from app.models.base.types import Json, UtcDateTime, enum_of
from app.utils import clock

MAX_SUBJECT = 300  # of the record, also of threads; the email itself has the whole subject


class EmailStatus(StrEnum):
    """The status of an email."""

    QUEUED = "queued"
    SENT = "sent"
    FAILED = "failed"
    CANCELLED = "cancelled"
    SUPPRESSED = "suppressed"  # the address gets no emails any more
    BOUNCED = "bounced"  # it was sent, and came back
    RECEIVED = "received"


class Direction(StrEnum):
    """Whether an email was sent or received."""

    OUT = "out"
    IN = "in"


class EmailMessage(TenantScoped, BaseModel):
    """An email. Those to send are rendered from the template when they are sent, and keep what was sent."""

    __tablename__ = "email_messages"
    __keys__ = (
        sa.UniqueConstraint("tenant_id", "delivery_key"),
        within_tenant("candidate_id", "candidates", ondelete="CASCADE"),
        within_tenant("thread_id", "email_threads", ondelete="CASCADE"),
        within_tenant("plan_id", "mail_plans", ondelete="CASCADE"),
        within_tenant("invitation_id", "candidate_invitations", ondelete="CASCADE"),
        sa.Index("ix_email_messages_tenant_id_invitation_id", "tenant_id", "invitation_id"),
        sa.Index("ix_email_messages_tenant_id_plan_id", "tenant_id", "plan_id"),
        sa.Index("ix_email_messages_tenant_id_thread_id", "tenant_id", "thread_id"),
        sa.Index("ix_email_messages_tenant_id_candidate_id", "tenant_id", "candidate_id"),
    )

    # "<template>:<row id>:<version>": a repeated run queues nothing; `cancel_queued` reads the row id.
    delivery_key: Mapped[str] = mapped_column(sa.String(160))
    candidate_id: Mapped[UUID | None] = mapped_column()
    template: Mapped[str] = mapped_column(sa.String(80))
    recipient: Mapped[str] = mapped_column(sa.String(254))
    context: Mapped[dict[str, Any]] = mapped_column(Json, default=dict)  # tokens of links are added when it is sent
    status: Mapped[EmailStatus] = mapped_column(enum_of(EmailStatus, "status"), default=EmailStatus.QUEUED)
    due_at: Mapped[datetime] = mapped_column(UtcDateTime)  # later for rejections, which can be cancelled until then
    claimed_until: Mapped[datetime | None] = mapped_column(UtcDateTime)  # two workers do not send it at the same time
    sent_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    error: Mapped[str | None] = mapped_column(sa.String(500))
    direction: Mapped[Direction] = mapped_column(
        enum_of(Direction, "direction"), default=Direction.OUT, server_default=Direction.OUT
    )
    # To a colleague, though it is about a candidate, such as the invitation of a panel.
    is_internal: Mapped[bool] = mapped_column(default=False, server_default=sa.false())
    thread_id: Mapped[UUID | None] = mapped_column()
    plan_id: Mapped[UUID | None] = mapped_column()
    invitation_id: Mapped[UUID | None] = mapped_column()  # of an invitation, whose candidate may not exist yet
    author_id: Mapped[UUID | None] = mapped_column()  # the user who wrote it; no foreign key: users can be deleted
    sender: Mapped[str | None] = mapped_column(sa.String(254))  # of a received one
    subject: Mapped[str | None] = mapped_column(sa.String(MAX_SUBJECT))
    text: Mapped[str | None] = mapped_column(sa.Text)
    html: Mapped[str | None] = mapped_column(sa.Text)  # of a received one, cleaned
    message_id: Mapped[str | None] = mapped_column(sa.String(250))  # of a received one
    is_automatic: Mapped[bool] = mapped_column(default=False, server_default=sa.false())  # RFC 3834
    attachments: Mapped[list[dict[str, Any]]] = mapped_column(Json, default=list, server_default="[]")

    @property
    def is_to_candidate(self) -> bool:
        """Whether the candidate gets it."""
        return (self.candidate_id is not None or self.invitation_id is not None) and not self.is_internal

    @property
    def is_leaving(self) -> bool:
        """Whether it is just being sent."""
        return self.claimed_until is not None and self.claimed_until > clock.now()
