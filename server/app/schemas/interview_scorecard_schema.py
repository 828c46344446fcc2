"""Scorecards of interviews, and what they say together."""

from __future__ import annotations

from typing import Annotated, Any
from uuid import UUID

from pydantic import Field, model_validator

from app.models.interview_scorecard import Recommendation
from app.schemas.common import (
    Flag,
    In,
    Line,
    Out,
    ShortLine,
    Text,
    UtcMoment,
)
from app.schemas.documented import list_of


class Rating(In):
    """The rating of a rubric item, from 1 (strong no) to 4 (strong yes)."""

    name: ShortLine = Field(examples=["SQL"])
    score: int = Field(strict=True, ge=1, le=4)
    note: Line | None = None


class ScorecardIn(In):
    """Your scorecard. It is a draft until you submit it; you can still change it later, but not withdraw it."""

    recommendation: Recommendation | None = Field(None, examples=["yes"])
    ratings: Annotated[list[Rating], Field(max_length=30)] = []
    notes: Text | None = Field(None, examples=["Took the schema apart and put it together again."])
    submit: Flag = False

    @model_validator(mode="after")
    def _check_whole(self) -> ScorecardIn:
        if self.submit and self.recommendation is None:
            raise ValueError("`recommendation` is required to submit")
        return self


class ScorecardOut(Out):
    """A scorecard. If you are on the panel, you see those of others once you have submitted yours."""

    id: UUID
    interview_id: UUID
    application_id: UUID
    author_id: UUID
    recommendation: Recommendation | None
    ratings: Annotated[list[dict[str, Any]], list_of("Rating")]
    notes: str | None
    submitted_at: UtcMoment | None
    version: int


class AttributeSummary(Out):
    """How often a rubric item was rated, and the mean score."""

    name: str
    count: int
    mean: float


class ScorecardSummary(Out):
    """A summary of the scorecards of an application that you can see."""

    application_id: UUID
    asked: int = Field(description="Scorecards requested, without cancelled interviews and no-shows")
    submitted: int
    hidden: int = Field(description="Submitted scorecards that are hidden until you submit yours")
    recommendations: dict[Recommendation, int]
    attributes: list[AttributeSummary]
