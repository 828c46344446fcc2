"""Applications and the steps they take."""

from __future__ import annotations

from typing import ClassVar
from uuid import UUID

from pydantic import Field

from app.models.application import APPLICATION_MACHINE, ApplicationStatus
from app.models.job_stage import StageKind
from app.schemas.common import In, ListQuery, Out, Reason, ShortLine, UtcMoment
from app.schemas.state_schema import Stateful


class ApplicationCreate(In):
    """Put a candidate forward for an open job, at its first stage of kind `applied` unless one is named."""

    candidate_id: UUID
    job_id: UUID
    stage_id: UUID | None = None
    source: ShortLine | None = Field(None, examples=["referral"])


class ApplicationMove(In):
    """Where from and where to; a move from another stage than the present one is refused."""

    from_stage_id: UUID
    to_stage_id: UUID


class ApplicationTransfer(In):
    """The open job that the candidate is for instead, and on wish where to begin there."""

    job_id: UUID
    stage_id: UUID | None = None
    reason: Reason | None = None


class ApplicationAction(In):
    """Why, in words or as one of the tenant's reasons; a rejection needs either."""

    reason: Reason | None = Field(None, examples=["The role asks for more experience with SQL."])
    reason_id: UUID | None = Field(None, description="For reject and withdraw: one of the tenant's reasons")


class ApplicationOut(Stateful):
    """An application, where it stands and what may be done with it."""

    machine = APPLICATION_MACHINE

    id: UUID
    candidate_id: UUID
    candidate_name: str
    job_id: UUID
    job_title: str
    stage_id: UUID
    stage_name: str
    stage_kind: StageKind
    status: ApplicationStatus
    status_reason: str | None
    rejection_reason_id: UUID | None
    opening_id: UUID | None
    source: str | None
    tracking_link_id: UUID | None
    transferred_from_id: UUID | None
    stage_entered_at: UtcMoment
    version: int
    applied_at: UtcMoment
    created_at: UtcMoment
    updated_at: UtcMoment


class StageHistoryOut(Out):
    """A stage and status that an application had; `left_at` is null for the present one."""

    stage_id: UUID
    stage_name: str
    status: ApplicationStatus
    entered_at: UtcMoment
    left_at: UtcMoment | None


class ApplicationQuery(ListQuery):
    """Filters of the list of applications."""

    sorts: ClassVar[tuple[str, ...]] = ("created_at", "updated_at")

    candidate_id: UUID | None = None
    job_id: UUID | None = None
    stage_id: UUID | None = None
    status: ApplicationStatus | None = None
