"""Interviews, their times and panels."""

from __future__ import annotations

from typing import Annotated, ClassVar
from uuid import UUID

from pydantic import AfterValidator, Field, model_validator

from app.models.interview import INTERVIEW_MACHINE, InterviewKind, InterviewStatus
from app.schemas.common import Flag, In, Line, ListQuery, Moment, Out, Reason, Url, UtcMoment
from app.schemas.interview_kit_schema import Minutes, RubricItem
from app.schemas.state_schema import Stateful
from app.schemas.tenant_schema import TimeZone

Panel = Annotated[
    list[UUID], Field(min_length=1, max_length=10), AfterValidator(lambda panel: list(dict.fromkeys(panel)))
]


class InterviewTime(In):
    """When: from a moment, for so many minutes; the kit's, or 60, where they are not said."""

    starts_at: Moment = Field(examples=["2027-01-31T09:00:00Z"])
    minutes: Minutes | None = None
    zone: TimeZone | None = Field(None, description="In whose local time mails tell it", examples=["Europe/Berlin"])


class InterviewReschedule(InterviewTime):
    """Another time, and why."""

    reason: Reason | None = None


class InterviewCreate(In):
    """An interview of an active application: proposed, or with a time scheduled at once."""

    application_id: UUID
    kind: InterviewKind = Field(examples=["video"])
    kit_id: UUID | None = None
    panel: Panel
    time: InterviewTime | None = None
    location: Line | None = Field(None, examples=["Pier 3, room 12"])
    meeting_url: Url | None = Field(None, examples=["https://meet.example/quay-data"])
    invites_candidate: Flag = Field(True, description="Mail the candidate an invitation, changes and reminders")


class InterviewUpdate(In):
    """What to change; whoever was invited hears of it."""

    kind: InterviewKind | None = None
    panel: Panel | None = None
    location: Line | None = None
    meeting_url: Url | None = None


class InterviewAction(In):
    """A reason, on wish."""

    reason: Reason | None = None


class PanelistOut(Out):
    """A user of the panel; whether the scorecard is in."""

    user_id: UUID
    name: str
    has_submitted: bool


class InterviewOut(Stateful):
    """An interview with its panel and what may be done with it."""

    machine = INTERVIEW_MACHINE

    id: UUID
    application_id: UUID
    candidate_id: UUID
    candidate_name: str
    job_id: UUID
    job_title: str
    kit_id: UUID | None
    kind: InterviewKind
    status: InterviewStatus
    status_reason: str | None
    starts_at: UtcMoment | None
    ends_at: UtcMoment | None
    zone: str
    location: str | None
    meeting_url: str | None
    invites_candidate: bool
    rubric: list[RubricItem]
    panel: list[PanelistOut]
    sequence: int
    version: int
    created_at: UtcMoment
    updated_at: UtcMoment


class InterviewQuery(ListQuery):
    """Filters of the list of interviews."""

    sorts: ClassVar[tuple[str, ...]] = ("created_at",)

    application_id: UUID | None = None
    candidate_id: UUID | None = None
    status: InterviewStatus | None = None
    mine: bool | None = Field(None, description="Only those that one is on the panel of")
    starts_from: Moment | None = Field(None, alias="starts_at[gte]", description="Beginning at this moment or later")
    starts_before: Moment | None = Field(None, alias="starts_at[lt]", description="Beginning before this moment")

    @model_validator(mode="after")
    def _check_span(self) -> InterviewQuery:
        if self.starts_from and self.starts_before and self.starts_before <= self.starts_from:
            raise ValueError("starts_at[lt] must be after starts_at[gte]")
        return self
