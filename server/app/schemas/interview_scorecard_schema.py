"""Scorecards of interviews, and what they say together."""

from __future__ import annotations

from typing import Annotated, Any
from uuid import UUID

from pydantic import Field, model_validator

from app.models.interview_scorecard import Recommendation
from app.schemas.common import Flag, In, Line, Out, ShortLine, Text, UtcMoment


class Rating(In):
    """One thing of the rubric, from 1 (strong no) to 4 (strong yes)."""

    name: ShortLine = Field(examples=["SQL"])
    score: int = Field(strict=True, ge=1, le=4)
    note: Line | None = None


class ScorecardIn(In):
    """One's own scorecard: a draft until it is submitted, which cannot be taken back."""

    recommendation: Recommendation | None = Field(None, examples=["yes"])
    ratings: Annotated[list[Rating], Field(max_length=30)] = []
    notes: Text | None = Field(None, examples=["Took the schema apart and put it together again."])
    submit: Flag = False

    @model_validator(mode="after")
    def _check_whole(self) -> ScorecardIn:
        if self.submit and self.recommendation is None:
            raise ValueError("a recommendation is needed to submit")
        return self


class ScorecardOut(Out):
    """A scorecard; those of others are shown once one's own is in."""

    id: UUID
    interview_id: UUID
    application_id: UUID
    author_id: UUID
    recommendation: Recommendation | None
    ratings: list[dict[str, Any]]
    notes: str | None
    submitted_at: UtcMoment | None
    version: int


class AttributeSummary(Out):
    """One thing of the rubrics: how often it was rated and the mean."""

    name: str
    count: int
    mean: float


class ScorecardSummary(Out):
    """What the scorecards of an application say together, of those that one may see."""

    application_id: UUID
    asked: int = Field(description="Scorecards asked for by interviews that were not cancelled")
    submitted: int
    hidden: int = Field(description="Submitted ones that are hidden until one's own is in")
    recommendations: dict[Recommendation, int]
    attributes: list[AttributeSummary]
