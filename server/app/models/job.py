"""Jobs: the positions that a tenant hires for."""

from __future__ import annotations

from decimal import Decimal
from enum import StrEnum
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy import orm
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.models.base.model import BaseModel, Versioned
from app.models.base.state_machine import StateMachine, Transition
from app.models.base.tenancy import TenantScoped, within_tenant
from app.models.base.types import Json, enum_of
from app.models.candidate import PayPeriod, Workplace
from app.models.job_stage import JobStage


class JobStatus(StrEnum):
    """The status of a job."""

    DRAFT = "draft"
    PENDING_APPROVAL = "pending_approval"
    DENIED = "denied"
    OPEN = "open"
    ON_HOLD = "on_hold"
    FILLED = "filled"
    CLOSED = "closed"
    CANCELLED = "cancelled"
    ARCHIVED = "archived"


class EmploymentType(StrEnum):
    """The type of employment."""

    FULL_TIME = "full_time"
    PART_TIME = "part_time"
    CONTRACT = "contract"
    TEMPORARY = "temporary"
    INTERNSHIP = "internship"
    VOLUNTEER = "volunteer"


UPDATE = "jobs.update"
JOB_MACHINE = StateMachine(
    "job",
    (
        Transition(
            JobStatus.DRAFT,
            "submit",
            JobStatus.PENDING_APPROVAL,
            UPDATE,
            guards=("has_approvers",),
            effects=("request_approvals",),
        ),
        Transition(
            JobStatus.DRAFT, "open", JobStatus.OPEN, UPDATE, guards=("has_no_approvers",), effects=("settle_openings",)
        ),
        Transition(JobStatus.DRAFT, "cancel", JobStatus.CANCELLED, UPDATE),
        Transition(
            JobStatus.PENDING_APPROVAL, "approve", JobStatus.OPEN, None, is_automatic=True, effects=("settle_openings",)
        ),
        Transition(JobStatus.PENDING_APPROVAL, "deny", JobStatus.DENIED, None, is_automatic=True),
        Transition(JobStatus.PENDING_APPROVAL, "revise", JobStatus.DRAFT, UPDATE, effects=("cancel_approvals",)),
        Transition(JobStatus.PENDING_APPROVAL, "cancel", JobStatus.CANCELLED, UPDATE, effects=("cancel_approvals",)),
        Transition(JobStatus.DENIED, "revise", JobStatus.DRAFT, UPDATE),
        Transition(JobStatus.OPEN, "hold", JobStatus.ON_HOLD, UPDATE),
        # Openings may have been reduced meanwhile: a job without a free one is filled at once.
        Transition(JobStatus.ON_HOLD, "resume", JobStatus.OPEN, UPDATE, effects=("settle_openings",)),
        # The last opening is taken; a free one, by an undone hire or by more openings, opens the job again.
        Transition(JobStatus.OPEN, "fill", JobStatus.FILLED, None, is_automatic=True),
        Transition(JobStatus.FILLED, "reopen_by_unhire", JobStatus.OPEN, None, is_automatic=True),
        # Postings end only here: those of jobs on hold or filled stay published but are not shown.
        Transition(JobStatus.OPEN, "close", JobStatus.CLOSED, UPDATE, needs_reason=True, effects=("end_postings",)),
        Transition(JobStatus.ON_HOLD, "close", JobStatus.CLOSED, UPDATE, needs_reason=True, effects=("end_postings",)),
        Transition(JobStatus.FILLED, "close", JobStatus.CLOSED, UPDATE, needs_reason=True, effects=("end_postings",)),
        Transition(JobStatus.CLOSED, "reopen", JobStatus.OPEN, UPDATE, effects=("settle_openings",)),
        Transition(JobStatus.CLOSED, "archive", JobStatus.ARCHIVED, UPDATE),
        Transition(JobStatus.CANCELLED, "archive", JobStatus.ARCHIVED, UPDATE),
    ),
)


def _stages_of(job: Any) -> Any:
    """Return the join condition of a job's stages, without removed ones."""
    own = sa.and_(JobStage.tenant_id == job.tenant_id, orm.foreign(JobStage.job_id) == job.id)
    return sa.and_(own, JobStage.position.is_not(None))


class Job(TenantScoped, Versioned, BaseModel):
    """A job; it is filled once `hired` reaches the number of openings."""

    __tablename__ = "jobs"
    __keys__ = (
        within_tenant("owner_id", "users"),
        within_tenant("department_id", "departments"),
        within_tenant("location_id", "locations"),
        sa.Index("ix_jobs_tenant_id_location_id", "tenant_id", "location_id"),
        sa.Index("ix_jobs_tenant_id_department_id_created_at_id", "tenant_id", "department_id", "created_at", "id"),
        sa.CheckConstraint("pay_min <= pay_max", name="pay_range"),
        sa.CheckConstraint(
            # Currency and period are set exactly if at least one end of the range is.
            "(pay_currency is null) = (pay_period is null)"
            " and (pay_currency is null) = (coalesce(pay_min, pay_max) is null)",
            name="pay",
        ),
        sa.Index("ix_jobs_tenant_id_created_at_id", "tenant_id", "created_at", "id"),
        sa.Index("ix_jobs_tenant_id_updated_at_id", "tenant_id", "updated_at", "id"),
        sa.Index("ix_jobs_tenant_id_title_id", "tenant_id", "title", "id"),
        sa.Index("ix_jobs_tenant_id_status_created_at_id", "tenant_id", "status", "created_at", "id"),
        sa.CheckConstraint("openings between 1 and 1000", name="openings"),
        sa.CheckConstraint("hired between 0 and openings", name="hired"),
    )

    title: Mapped[str] = mapped_column(sa.String(200))
    description: Mapped[str | None] = mapped_column(sa.Text)
    department_id: Mapped[UUID | None]
    location_id: Mapped[UUID | None]
    employment_type: Mapped[EmploymentType | None] = mapped_column(enum_of(EmploymentType, "employment_type"))
    workplace: Mapped[Workplace | None] = mapped_column(enum_of(Workplace, "workplace"))
    pay_min: Mapped[Decimal | None] = mapped_column(sa.Numeric(12, 2))
    pay_max: Mapped[Decimal | None] = mapped_column(sa.Numeric(12, 2))
    pay_currency: Mapped[str | None] = mapped_column(sa.String(3))
    pay_period: Mapped[PayPeriod | None] = mapped_column(enum_of(PayPeriod, "pay_period"))
    location: Mapped[str | None] = mapped_column(sa.String(200), doc="as it is told; where null, the place's name is")
    required_skills: Mapped[list[str]] = mapped_column(Json, default=list)
    preferred_skills: Mapped[list[str]] = mapped_column(Json, default=list)
    min_years: Mapped[int | None] = mapped_column(sa.SmallInteger)
    max_years: Mapped[int | None] = mapped_column(sa.SmallInteger)
    openings: Mapped[int] = mapped_column(sa.SmallInteger, default=1)
    hired: Mapped[int] = mapped_column(sa.SmallInteger, default=0)  # counted here, under the job's lock
    custom_fields: Mapped[dict[str, Any]] = mapped_column(Json, default=dict, server_default="{}")  # by the field's key
    status: Mapped[JobStatus] = mapped_column(enum_of(JobStatus, "status"), default=JobStatus.DRAFT)
    status_reason: Mapped[str | None] = mapped_column(sa.String(500))
    owner_id: Mapped[UUID | None] = mapped_column()

    stages: Mapped[list[JobStage]] = relationship(
        lazy="raise", viewonly=True, order_by=JobStage.position, primaryjoin=lambda: _stages_of(Job)
    )

    @property
    def pay_range(self) -> dict[str, Any] | None:
        """The pay range, or None if not stated."""
        if self.pay_currency is None:
            return None
        ends = {"min": self.pay_min, "max": self.pay_max}
        return {**ends, "currency": self.pay_currency, "period": self.pay_period}
