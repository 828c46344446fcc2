"""Candidates who may be one person."""

from __future__ import annotations

from typing import ClassVar
from uuid import UUID

from pydantic import Field

from app.models.candidate_duplicate import DuplicateStatus
from app.schemas.common import ListQuery, Out, UtcMoment


class DuplicateReason(Out):
    """What two candidates share, and how much it counts."""

    reason: str
    points: int


class DuplicateOut(Out):
    """A suggestion that two candidates are one person; `score` is at most 100."""

    id: UUID
    first_id: UUID
    second_id: UUID
    score: int
    reasons: list[DuplicateReason]
    status: DuplicateStatus
    created_at: UtcMoment


class DuplicateQuery(ListQuery):
    """Filters of the suggestions."""

    sorts: ClassVar[tuple[str, ...]] = ("created_at", "score")

    candidate_id: UUID | None = Field(None, description="Suggestions that name this candidate")
    status: DuplicateStatus | None = None
