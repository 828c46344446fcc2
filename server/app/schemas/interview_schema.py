"""Interviews, their times and panels."""

from __future__ import annotations

from typing import Annotated, ClassVar
from uuid import UUID

from pydantic import AfterValidator, Field, model_validator

from app.models.interview import INTERVIEW_MACHINE, InterviewKind, InterviewStatus
from app.schemas.common import Flag, In, Line, ListQuery, Moment, Out, Reason, Url, UtcMoment
from app.schemas.interview_kit_schema import Minutes, RubricItem
from app.schemas.patch import Patch
from app.schemas.state_schema import Stateful
from app.schemas.tenant_schema import TimeZone

Panel = Annotated[
    # A user named twice has one seat.
    list[UUID],
    Field(min_length=1, max_length=10),
    AfterValidator(lambda panel: list(dict.fromkeys(panel))),
]


class InterviewTime(In):
    """When the interview takes place. `minutes` defaults to the length in the kit, or to 60."""

    starts_at: Moment = Field(examples=["2027-01-31T09:00:00Z"])
    minutes: Minutes | None = None
    zone: TimeZone | None = Field(None, description="Time zone for times in emails", examples=["Europe/Berlin"])


class InterviewReschedule(InterviewTime):
    """The new time, with an optional reason."""

    reason: Reason | None = None


class InterviewCreate(In):
    """A new interview for an active application. It is scheduled if you set `time`, otherwise proposed."""

    application_id: UUID
    kind: InterviewKind = Field(examples=["video"])
    kit_id: UUID | None = None
    panel: Panel
    time: InterviewTime | None = None
    location: Line | None = Field(None, examples=["Pier 3, room 12"])
    meeting_url: Url | None = Field(None, examples=["https://meet.example/quay-data"])
    invites_candidate: Flag = Field(True, description="Email the candidate an invitation, changes and reminders")


class InterviewUpdate(Patch):
    """Fields to change. If the interview is scheduled, the invitees are notified."""

    nullable: ClassVar[frozenset[str]] = frozenset({"location", "meeting_url"})

    kind: InterviewKind | None = None
    panel: Panel | None = None
    location: Line | None = None
    meeting_url: Url | None = None


class InterviewAction(In):
    """An optional reason."""

    reason: Reason | None = None


class PanelistOut(Out):
    """An interviewer on the panel, and whether they have submitted a scorecard."""

    user_id: UUID
    name: str
    has_submitted: bool


class InterviewOut(Stateful):
    """An interview with its panel and allowed actions."""

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
    """Filters for listing interviews."""

    sorts: ClassVar[tuple[str, ...]] = ("created_at",)

    application_id: UUID | None = None
    candidate_id: UUID | None = None
    status: InterviewStatus | None = None
    mine: bool | None = Field(None, description="Whether you are on the panel")
    starts_from: Moment | None = Field(None, alias="starts_at[gte]", description="Starting at or after this time")
    starts_before: Moment | None = Field(None, alias="starts_at[lt]", description="Starting before this time")

    @model_validator(mode="after")
    def _check_span(self) -> InterviewQuery:
        if self.starts_from and self.starts_before and self.starts_before <= self.starts_from:
            raise ValueError("`starts_at[lt]` must be after `starts_at[gte]`")
        return self
