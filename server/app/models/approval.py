"""Approvals of jobs and offers, with one seat per approver."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from typing import ClassVar
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.models.approval_chain import ApprovalSubject
from app.models.base.model import BaseModel, Versioned
from app.models.base.state_machine import StateMachine, Transition
from app.models.base.tenancy import TenantScoped, within_tenant
from app.models.base.types import UtcDateTime, enum_of


class ApprovalStatus(StrEnum):
    """The status of an approval."""

    PENDING = "pending"
    APPROVED = "approved"
    REJECTED = "rejected"
    CANCELLED = "cancelled"


class SeatStatus(StrEnum):
    """The decision of one approver."""

    PENDING = "pending"
    APPROVED = "approved"
    REJECTED = "rejected"
    SKIPPED = "skipped"
    DELEGATED = "delegated"  # another seat was added for the delegate


DECIDE, FORCE = "approvals.decide", "approvals.force"
APPROVAL_MACHINE = StateMachine(
    "approval",
    (
        # Decides one seat; `pass` follows once the last group has its quorum.
        Transition(ApprovalStatus.PENDING, "approve", ApprovalStatus.PENDING, DECIDE, guards=("caller_may_decide",)),
        Transition(ApprovalStatus.PENDING, "delegate", ApprovalStatus.PENDING, DECIDE, guards=("caller_may_decide",)),
        Transition(
            ApprovalStatus.PENDING,
            "reject",  # one rejection ends the approval, whatever the quorum
            ApprovalStatus.REJECTED,
            DECIDE,
            needs_reason=True,
            guards=("caller_may_decide",),
            effects=("notify_subject",),
        ),
        Transition(ApprovalStatus.PENDING, "skip", ApprovalStatus.PENDING, FORCE, needs_reason=True),
        Transition(
            ApprovalStatus.PENDING,
            "force",
            ApprovalStatus.APPROVED,
            FORCE,
            needs_reason=True,
            effects=("notify_subject",),
        ),
        Transition(
            ApprovalStatus.PENDING,
            "pass",
            ApprovalStatus.APPROVED,
            None,
            is_automatic=True,
            effects=("notify_subject",),
        ),
        # Its subject was revised, amended, cancelled, rescinded or voided.
        Transition(ApprovalStatus.PENDING, "cancel", ApprovalStatus.CANCELLED, None, is_automatic=True),
    ),
)


class ApprovalSeat(TenantScoped, BaseModel):
    """A user who is asked to approve; a group approves once `quorum` of its seats have approved."""

    __tablename__ = "approval_seats"
    __keys__ = (
        sa.UniqueConstraint("tenant_id", "approval_id", "group_number", "user_id"),
        within_tenant("approval_id", "approvals", ondelete="CASCADE"),
        within_tenant("user_id", "users"),
        sa.Index("ix_approval_seats_tenant_id_user_id_status", "tenant_id", "user_id", "status"),
    )

    approval_id: Mapped[UUID]
    group_number: Mapped[int] = mapped_column(sa.SmallInteger)
    group_name: Mapped[str | None] = mapped_column(sa.String(60))  # copied: the chain may change
    quorum: Mapped[int] = mapped_column(sa.SmallInteger)  # of the group, the same in each of its seats
    user_id: Mapped[UUID]
    status: Mapped[SeatStatus] = mapped_column(enum_of(SeatStatus, "status"), default=SeatStatus.PENDING)
    reason: Mapped[str | None] = mapped_column(sa.String(500))
    decided_at: Mapped[datetime | None] = mapped_column(UtcDateTime)


class Approval(TenantScoped, Versioned, BaseModel):
    """An approval; at most one is pending per job and per offer."""

    __tablename__ = "approvals"
    candidate_id: ClassVar[UUID | None] = None  # the candidate of its events; set while the approval is processed
    __keys__ = (
        within_tenant("job_id", "jobs", ondelete="CASCADE"),
        within_tenant("offer_id", "offers", ondelete="CASCADE"),
        within_tenant("requested_by_id", "users"),
        sa.Index("ix_approvals_tenant_id_created_at_id", "tenant_id", "created_at", "id"),
        sa.Index(
            "uq_approvals_tenant_id_job_id_pending",  # approvals of offers name the job, too
            "tenant_id",
            "job_id",
            unique=True,
            sqlite_where=sa.text("status = 'pending' and subject = 'job'"),
            postgresql_where=sa.text("status = 'pending' and subject = 'job'"),
        ),
        sa.Index(
            "uq_approvals_tenant_id_offer_id_pending",  # NULLs are distinct, so jobs need no condition here
            "tenant_id",
            "offer_id",
            unique=True,
            sqlite_where=sa.text("status = 'pending'"),
            postgresql_where=sa.text("status = 'pending'"),
        ),
    )

    subject: Mapped[ApprovalSubject] = mapped_column(enum_of(ApprovalSubject, "subject"))
    job_id: Mapped[UUID]
    offer_id: Mapped[UUID | None]  # NULL: an approval of the job itself
    requested_by_id: Mapped[UUID | None]
    status: Mapped[ApprovalStatus] = mapped_column(enum_of(ApprovalStatus, "status"), default=ApprovalStatus.PENDING)
    status_reason: Mapped[str | None] = mapped_column(sa.String(500))
    group_number: Mapped[int] = mapped_column(sa.SmallInteger, default=1)  # the group that is asked now
    decided_at: Mapped[datetime | None] = mapped_column(UtcDateTime)

    seats: Mapped[list[ApprovalSeat]] = relationship(
        lazy="raise", passive_deletes=True, order_by=(ApprovalSeat.group_number, ApprovalSeat.id)
    )
