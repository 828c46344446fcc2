"""The board of a job: its stages with the applications at them, now or at a moment of the past."""

from __future__ import annotations

from uuid import UUID

from pydantic import Field

from app.models.application import ApplicationStatus
from app.models.job_stage import StageKind
from app.schemas.common import Moment, Out, Query, UtcMoment


class BoardQuery(Query):
    """How many applications to show per stage, and as of when."""

    cards: int = Field(10, ge=0, le=50, description="Applications to show per stage, longest in the stage first")
    as_of: Moment | None = Field(
        None, description="Show the board as it was at this time", examples=["2026-01-31T09:00:00Z"]
    )


class BoardCard(Out):
    """An active application in a stage."""

    application_id: UUID
    candidate_id: UUID
    candidate_name: str
    stage_entered_at: UtcMoment


class BoardStage(Out):
    """A stage with the number of its active applications, and the first of them."""

    id: UUID
    name: str
    kind: StageKind
    position: int | None
    count: int
    cards: list[BoardCard]
    url: str = Field(description="The list of all active applications in the stage, in the order of the board")


class BoardEnd(Out):
    """The number of applications that have ended with a status."""

    status: ApplicationStatus
    count: int


class BoardOut(Out):
    """The pipeline board of a job."""

    job_id: UUID
    as_of: UtcMoment | None
    stages: list[BoardStage]
    ended: list[BoardEnd]
