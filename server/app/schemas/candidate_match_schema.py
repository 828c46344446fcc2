"""Matches: ranked, graded, explained."""

from __future__ import annotations

from typing import Annotated, ClassVar, Literal
from uuid import UUID

from pydantic import BaseModel, Field

from app.models.candidate_mark import MarkKind
from app.schemas.common import Out, UtcMoment
from app.schemas.documented import like
from app.schemas.lists import AnyOf, ListQuery

# `none`: not marked.
MarkOrNone = MarkKind | Literal["none"]


class Evidence(BaseModel):
    """Evidence for a criterion. The quote is exactly `text[start:end]` of the document's text."""

    document_sha256: str
    start: int
    end: int
    quote: str


class Criterion(BaseModel):
    """A criterion with its score, weight and explanation."""

    name: str
    score: float = Field(description="0 to 100")
    weight: float = Field(description="Share of the score; the weights of the criteria add up to 1")
    is_known: bool = Field(True, description="False if the candidate's side is unknown and counts as the lowest score")
    detail: str
    evidence: list[Evidence] = []


class MatchFacts(Out):
    """How well a candidate and a job match, and why."""

    id: UUID
    score: float = Field(description="0 to 100")
    grade: Annotated[str, like("MatchGrade")]
    confidence: int = Field(description="Percentage of the criteria's weight that is known")
    criteria: list[Criterion]
    is_applicant: bool = Field(description="Whether the candidate has applied for the job")
    mark: MarkKind | None
    marked_by_id: UUID | None
    scorer: str = Field(description="Version of the formula and names of the models; scores of different ones differ")
    updated_at: UtcMoment


class CandidateMatchOut(MatchFacts):
    """How well a candidate matches the job, and why."""

    candidate_id: UUID
    candidate_name: str


class JobMatchOut(MatchFacts):
    """How well an open job matches a candidate, and why."""

    job_id: UUID
    job_title: str


class JobMatchQuery(ListQuery):
    """Filters for listing the open jobs that match a candidate."""

    sorts: ClassVar[tuple[str, ...]] = ("score",)
    sort_columns: ClassVar[dict[str, str]] = {"score": "standing"}

    sort: str = Field("-score", max_length=60)
    mark: AnyOf[MarkOrNone] | None = None
    min_score: int | None = Field(None, ge=0, le=100, alias="score[gte]")


class CandidateMatchQuery(ListQuery):
    """Filters for listing matches. Equal scores are ordered by confidence."""

    sorts: ClassVar[tuple[str, ...]] = ("score",)
    sort_columns: ClassVar[dict[str, str]] = {"score": "standing"}

    sort: str = Field("-score", max_length=60)
    is_applicant: bool | None = Field(None, description="Only candidates who have applied for the job, or only others")
    mark: AnyOf[MarkOrNone] | None = None
    min_score: int | None = Field(None, ge=0, le=100, alias="score[gte]")


class MatchRefresh(Out):
    """The result of a refresh."""

    candidates: int = Field(description="Number of candidates compared")
    kept: int = Field(description="Number of matches stored, which are the best ones")
