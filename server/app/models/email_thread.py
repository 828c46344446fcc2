"""Threads: messages with a candidate that belong together."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from app.models.base.model import BaseModel
from app.models.base.tenancy import TenantScoped, within_tenant
from app.models.base.types import UtcDateTime
from app.models.email_message import MAX_SUBJECT


class EmailThread(TenantScoped, BaseModel):
    """A thread; `user_id` is who is notified of answers."""

    __tablename__ = "email_threads"
    __keys__ = (
        within_tenant("candidate_id", "candidates", ondelete="CASCADE"),
        within_tenant("application_id", "applications", ondelete="CASCADE"),
        sa.Index("ix_email_threads_tenant_id_candidate_id", "tenant_id", "candidate_id"),
        sa.Index("ix_email_threads_tenant_id_last_message_at_id", "tenant_id", "last_message_at", "id"),
    )

    candidate_id: Mapped[UUID]
    application_id: Mapped[UUID | None]
    user_id: Mapped[UUID | None]  # no foreign key: users can be deleted
    subject: Mapped[str] = mapped_column(sa.String(MAX_SUBJECT))
    last_message_at: Mapped[datetime] = mapped_column(UtcDateTime)
    last_direction: Mapped[str] = mapped_column(sa.String(3))  # "out" or "in": whose turn it is
