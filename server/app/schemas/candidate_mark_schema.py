"""Marks of candidates for a job."""

from __future__ import annotations

from typing import Annotated
from uuid import UUID

from pydantic import Field

from app.models.candidate_mark import MarkKind
from app.schemas.common import In, Out


class MarkCandidates(In):
    """The candidates and their mark; null removes it. `seen` leaves those that are shortlisted or passed over."""

    candidate_ids: Annotated[list[UUID], Field(min_length=1, max_length=200, description="At most 200")]
    mark: MarkKind | None = Field(examples=["shortlisted"], description="The mark to set; null removes it")


class CandidateMarkOut(Out):
    """The mark of a candidate for a job."""

    candidate_id: UUID
    mark: MarkKind | None
    marked_by_id: UUID | None = Field(description="The user who set the mark; null for API keys, and without a mark")


class CandidateMarks(Out):
    """The marks of the candidates, in the order of the request."""

    data: list[CandidateMarkOut]
