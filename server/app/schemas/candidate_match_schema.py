"""Matches: ranked, graded, explained."""

from __future__ import annotations

from typing import ClassVar
from uuid import UUID

from pydantic import BaseModel, Field

from app.schemas.common import ListQuery, Out, UtcMoment


class Evidence(BaseModel):
    """Where a criterion's support stands: the quote is literally `text[start:end]` of the document's text."""

    document_sha256: str
    start: int
    end: int
    quote: str


class Criterion(BaseModel):
    """One criterion: what it scored, how much it counts, why."""

    name: str
    score: float = Field(description="0 to 100")
    weight: float = Field(description="Share of the whole, after what is unknown was left out")
    detail: str
    evidence: list[Evidence] = []


class CandidateMatchOut(Out):
    """How well one candidate fits, and why."""

    id: UUID
    candidate_id: UUID
    candidate_name: str
    score: float = Field(description="0 to 100")
    grade: str
    confidence: int = Field(description="Percent of the criteria's weight that was known")
    criteria: list[Criterion]
    updated_at: UtcMoment


class CandidateMatchQuery(ListQuery):
    """Filters of the list of matches."""

    sorts: ClassVar[tuple[str, ...]] = ("score",)

    sort: str = Field("-score", max_length=60)
    min_score: int | None = Field(None, ge=0, le=100, alias="score[gte]")


class MatchRefresh(Out):
    """What a refresh did."""

    candidates: int = Field(description="Candidates that were compared")
    kept: int = Field(description="Matches that were kept, the best")
