"""Mails that were or will be sent."""

from __future__ import annotations

from typing import ClassVar
from uuid import UUID

from app.models.email_message import EmailStatus
from app.schemas.common import ListQuery, Out, UtcMoment


class EmailMessageOut(Out):
    """A mail's way."""

    id: UUID
    candidate_id: UUID | None
    template: str
    recipient: str
    status: EmailStatus
    due_at: UtcMoment
    sent_at: UtcMoment | None
    error: str | None
    created_at: UtcMoment
    updated_at: UtcMoment


class EmailMessageQuery(ListQuery):
    """Filters of the list of mails."""

    sorts: ClassVar[tuple[str, ...]] = ("created_at",)

    candidate_id: UUID | None = None
    status: EmailStatus | None = None
