"""Approvals: chains, approvers and their decisions."""

from __future__ import annotations

from typing import Annotated, ClassVar
from uuid import UUID

from pydantic import Field, model_validator

from app.models.approval import APPROVAL_MACHINE, ApprovalStatus, SeatStatus
from app.models.approval_chain import ApprovalSubject
from app.schemas.common import In, Out, Reason, ShortLine, UtcMoment
from app.schemas.lists import AnyOf, Ids, IdsOrNone, ListQuery, dated
from app.schemas.state_schema import Stateful


class ApprovalGroup(In):
    """Users who are asked at the same time. `quorum` of them must approve."""

    name: ShortLine | None = Field(None, examples=["Finance"])
    user_ids: Annotated[list[UUID], Field(min_length=1, max_length=20)]
    quorum: int = Field(1, strict=True, ge=1, le=20)

    @model_validator(mode="after")
    def _check_quorum(self) -> ApprovalGroup:
        if len(set(self.user_ids)) != len(self.user_ids):
            raise ValueError("`user_ids` must not contain duplicates")
        if self.quorum > len(self.user_ids):
            raise ValueError("`quorum` must not be larger than the group")
        return self


Groups = Annotated[list[ApprovalGroup], Field(min_length=1, max_length=10)]


class ApprovalChainCreate(In):
    """A new approval chain for jobs or offers, of one department or of all departments without their own chain."""

    subject: ApprovalSubject
    department_id: UUID | None = None
    groups: Groups


class ApprovalChainUpdate(In):
    """The new approvers. Pending approvals are not affected."""

    groups: Groups


class ApprovalChainOut(Out):
    """An approval chain."""

    id: UUID
    subject: ApprovalSubject
    department_id: UUID | None
    groups: list[ApprovalGroup]
    version: int
    created_at: UtcMoment
    updated_at: UtcMoment


class ApprovalAction(In):
    """The reason for an action, if it needs one."""

    reason: Reason | None = None


class ApprovalDelegation(In):
    """The user who decides for you, and optionally a reason."""

    user_id: UUID
    reason: Reason | None = None


class ApprovalSkip(In):
    """The approver to skip, and the reason."""

    user_id: UUID
    reason: Reason = Field(examples=["On leave until May."])


class ApprovalSeatOut(Out):
    """An approver in a group, and their decision."""

    group_number: int
    group_name: str | None
    quorum: int
    user_id: UUID
    status: SeatStatus
    reason: str | None
    decided_at: UtcMoment | None


class ApprovalItem(Out):
    """An approval as shown in lists. `group_number` is the group that is currently asked."""

    id: UUID
    subject: ApprovalSubject
    job_id: UUID
    offer_id: UUID | None
    requested_by_id: UUID | None
    status: ApprovalStatus
    status_reason: str | None
    group_number: int
    version: int
    created_at: UtcMoment
    updated_at: UtcMoment
    decided_at: UtcMoment | None


class ApprovalOut(ApprovalItem, Stateful):
    """An approval with its approvers and allowed actions."""

    machine = APPROVAL_MACHINE

    seats: list[ApprovalSeatOut]


@dated("decided_at")
class ApprovalQuery(ListQuery):
    """Filters for listing approvals."""

    sorts: ClassVar[tuple[str, ...]] = ("created_at", "updated_at")

    job_id: Ids | None = None
    offer_id: IdsOrNone | None = None
    subject: AnyOf[ApprovalSubject] | None = None
    status: AnyOf[ApprovalStatus] | None = None
    requested_by_id: IdsOrNone | None = None
    waits_for_me: bool | None = Field(None, description="Only those that await your decision now")
