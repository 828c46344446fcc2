"""Interviews, their times and panels."""

from __future__ import annotations

from typing import Annotated, ClassVar
from uuid import UUID

from pydantic import AfterValidator, Field

from app.models.interview import INTERVIEW_MACHINE, InterviewKind, InterviewStatus
from app.schemas.common import (
    Flag,
    In,
    Line,
    Moment,
    Out,
    Reason,
    Url,
    UtcMoment,
)
from app.schemas.expanded_schema import CandidateRef, ExpandOfInterview, JobRef
from app.schemas.interview_kit_schema import Minutes, RubricItem
from app.schemas.lists import AnyOf, Ids, IdsOrNone, ListQuery, Owned, SearchLine, dated
from app.schemas.patch import Patch
from app.schemas.state_schema import Stateful
from app.schemas.tenant_schema import TimeZone

Panel = Annotated[
    # A user named twice has one seat.
    list[UUID],
    Field(min_length=1, max_length=10),
    AfterValidator(lambda panel: list(dict.fromkeys(panel))),
]


PanelOrNone = Annotated[list[UUID], Field(max_length=10), AfterValidator(lambda panel: list(dict.fromkeys(panel)))]


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
    panel: PanelOrNone = Field(description="Users who take part; empty if a booking takes them from a pool")
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


class InterviewListed(InterviewOut):
    """An interview as shown in lists, with what `expand` adds."""

    candidate: CandidateRef | None = None
    job: JobRef | None = None


@dated("starts_at", "ends_at")
class InterviewQuery(ListQuery):
    """Filters for listing interviews."""

    sorts: ClassVar[tuple[str, ...]] = ("created_at", "updated_at", "starts_at")

    expand: AnyOf[ExpandOfInterview] | None = Field(None, description="What to add to each row")

    q: SearchLine | None = Field(None, description="Words of the candidate's name, title, skills or resume")
    application_id: Ids | None = None
    candidate_id: Ids | None = None
    job_id: Ids | None = None
    kit_id: IdsOrNone | None = None
    kind: AnyOf[InterviewKind] | None = None
    status: AnyOf[InterviewStatus] | None = None
    owned_by: Owned | None = Field(None, description="Only those of candidates that you own, or that your team owns")
    mine: bool | None = Field(None, description="Whether you are on the panel")
    owes_scorecard: bool | None = Field(
        None, description="Whether the interview is over and your scorecard is not submitted"
    )
