"""Suppressed addresses."""

from __future__ import annotations

from typing import Annotated
from uuid import UUID

from pydantic import Field

from app.models.mail_suppression import SuppressionReason
from app.models.permission import PII
from app.schemas.common import Email, In, Out, UtcMoment
from app.schemas.guarded import guarded
from app.schemas.lists import AnyOf, ListQuery


class SuppressionCreate(In):
    """An address that gets no emails any more."""

    address: Email = Field(examples=["ada@people.example"], description="The address")


class SuppressionOut(Out):
    """A suppressed address."""

    id: UUID
    address: Annotated[str | None, guarded(PII)] = Field(description="Null without the `candidates.pii` permission")
    reason: SuppressionReason = Field(
        description="`unsubscribed` addresses still get emails about applications, the others get none"
    )
    created_at: UtcMoment


class SuppressionQuery(ListQuery):
    """Filters for listing suppressed addresses."""

    reason: AnyOf[SuppressionReason] | None = Field(None, description="Only those with one of these reasons")
