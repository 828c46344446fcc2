"""The work list and the numbers of the start page."""

from __future__ import annotations

from typing import Generic, TypeVar

from pydantic import Field

from app.schemas.application_schema import ApplicationListed
from app.schemas.approval_schema import ApprovalItem
from app.schemas.candidate_correction_schema import CandidateCorrectionOut
from app.schemas.candidate_invitation_schema import InvitationListed
from app.schemas.common import Out, Query
from app.schemas.interview_schema import InterviewListed
from app.schemas.notification_schema import NotificationOut
from app.schemas.offer_schema import OfferListed
from app.schemas.screening_schema import WaitingScreening
from app.schemas.task_schema import TaskListed

T = TypeVar("T")


class WorkQuery(Query):
    """How far the work list looks."""

    new_days: int = Field(7, ge=1, le=90, description="Applicants of so many days count as new")
    expiring_days: int = Field(3, ge=1, le=90, description="Offers that expire within so many days")
    idle_days: int = Field(7, ge=1, le=365, description="Applications that have been in their stage for so many days")


class WorkSection(Out, Generic[T]):
    """A part of the work list: `count` rows, up to 10 000, of which `data` holds the first five."""

    count: int
    url: str = Field(description="The list that `count` equals")
    data: list[T]


class WorkOut(Out):
    """What waits for you. A part is null if you lack the permission of its list."""

    tasks_due: WorkSection[TaskListed] | None = Field(description="Your open tasks that are due today or overdue")
    approvals: WorkSection[ApprovalItem] | None = Field(description="Approvals that await your decision")
    interviews_today: WorkSection[InterviewListed] | None = Field(description="Your interviews of today")
    scorecards_owed: WorkSection[InterviewListed] | None = Field(
        description="Past interviews that await your scorecard"
    )
    new_applicants: WorkSection[ApplicationListed] | None = Field(
        description="New applicants of your jobs, still in a first stage"
    )
    screenings: WorkSection[WaitingScreening] | None = Field(
        description="Applications for your jobs that failed a screening question and wait for a decision"
    )
    mentions: WorkSection[NotificationOut] = Field(description="Unread mentions of you in notes")
    offers_expiring: WorkSection[OfferListed] | None = Field(description="Offers of your jobs that expire soon")
    invitations: WorkSection[InvitationListed] | None = Field(
        description="Invitations of yours whose form was submitted and awaits your decision"
    )
    corrections: WorkSection[CandidateCorrectionOut] | None = Field(
        description="Corrections that candidates proposed and that await a decision"
    )
    idle_applications: WorkSection[ApplicationListed] | None = Field(
        description="Active applications of your jobs that have not moved for days"
    )


class Stat(Out):
    """A number, up to 10 000, and the list that it equals."""

    value: int
    url: str


class StatsOfScope(Out):
    """The numbers of the tenant, your team or yourself. A number is null if you lack the permission of its list."""

    active_candidates: Stat | None
    open_jobs: Stat | None
    active_applications: Stat | None
    interviews_ahead: Stat | None = Field(description="Scheduled within the next seven days")
    offers_waiting: Stat | None = Field(description="Offers that await the candidate's answer")
    hires: Stat | None = Field(description="Hires of the last 30 days")
    tasks_overdue: Stat | None


class StatsOut(Out):
    """Numbers of what you see: of the tenant, of what your team owns, and of your own.

    Your own are your candidates and tasks, the jobs that you own or in whose hiring team you are, with their
    applications and offers, and the interviews on whose panel you are.
    """

    tenant: StatsOfScope
    team: StatsOfScope
    me: StatsOfScope
