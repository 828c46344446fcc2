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


class EmailStatus(StrEnum):
    """The status of an email."""

    QUEUED = "queued"
    SENT = "sent"
    FAILED = "failed"
    CANCELLED = "cancelled"


class EmailMessage(TenantScoped, BaseModel):
    """An email; its text and HTML are rendered from the template when it is sent."""

    __tablename__ = "email_messages"
    __keys__ = (
        sa.UniqueConstraint("tenant_id", "delivery_key"),
        within_tenant("candidate_id", "candidates", ondelete="CASCADE"),
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
