"""Possible duplicate candidates."""

from __future__ import annotations

from typing import ClassVar
from uuid import UUID

from pydantic import Field

from app.models.candidate_duplicate import DuplicateStatus
from app.schemas.common import Out, UtcMoment
from app.schemas.lists import AnyOf, ListQuery


class DuplicateReason(Out):
    """What two candidates have in common, and how many points it adds to the score."""

    reason: str
    points: int


class DuplicateOut(Out):
    """A suggestion that two candidates are the same person. `score` is at most 100."""

    id: UUID
    first_id: UUID
    second_id: UUID
    score: int
    reasons: list[DuplicateReason]
    status: DuplicateStatus
    created_at: UtcMoment


class DuplicateQuery(ListQuery):
    """Filters for listing possible duplicates."""

    sorts: ClassVar[tuple[str, ...]] = ("created_at", "score")

    candidate_id: UUID | None = Field(None, description="Only suggestions that involve this candidate")
    status: AnyOf[DuplicateStatus] | None = None
