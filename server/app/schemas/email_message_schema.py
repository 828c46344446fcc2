"""Mails that were or will be sent."""

from __future__ import annotations

from typing import Annotated, ClassVar
from uuid import UUID

from pydantic import Field

from app.models.email_message import Direction, EmailStatus
from app.models.permission import PII
from app.schemas.common import Out, ShortLine, UtcMoment
from app.schemas.documented import like
from app.schemas.guarded import guarded
from app.schemas.lists import AnyOf, IdsOrNone, ListQuery


class EmailMessageOut(Out):
    """An email and its delivery status."""

    id: UUID
    candidate_id: UUID | None
    thread_id: UUID | None
    direction: Direction
    subject: str | None = Field(description="Null until an email of a rule is sent")
    template: Annotated[str, like("EmailTemplate")]
    recipient: Annotated[str | None, guarded(PII)] = Field(description="Null without the `candidates.pii` permission")
    status: EmailStatus
    due_at: UtcMoment
    sent_at: UtcMoment | None
    error: str | None
    created_at: UtcMoment
    updated_at: UtcMoment


class EmailMessageQuery(ListQuery):
    """Filters for listing emails."""

    sorts: ClassVar[tuple[str, ...]] = ("created_at",)

    candidate_id: IdsOrNone | None = None
    thread_id: IdsOrNone | None = None
    direction: Direction | None = Field(None, description="Only sent ones, or only received ones")
    status: AnyOf[EmailStatus] | None = None
    template: AnyOf[Annotated[ShortLine, like("EmailTemplate")]] | None = None
