"""Marks of candidates for a job."""

from __future__ import annotations

from typing import Annotated
from uuid import UUID

from pydantic import Field

from app.models.candidate_mark import Mark
from app.schemas.common import In, Out


class MarkCandidates(In):
    """The candidates and their mark; null removes it. `seen` leaves those that are shortlisted or passed over."""

    candidate_ids: Annotated[list[UUID], Field(min_length=1, max_length=200)]
    mark: Mark | None = Field(examples=["shortlisted"])


class CandidateMarkOut(Out):
    """The mark of a candidate for a job."""

    candidate_id: UUID
    mark: Mark | None
    marked_by_id: UUID | None = Field(description="The user who set the mark; null for API keys")


class CandidateMarks(Out):
    """The marks of the candidates, in the order of the request."""

    data: list[CandidateMarkOut]
