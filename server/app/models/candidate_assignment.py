"""Assignments of candidates to users, current and past."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from app.models.base.model import BaseModel
from app.models.base.tenancy import TenantScoped, within_tenant
from app.models.base.types import UtcDateTime, enum_of


class AssignmentStatus(StrEnum):
    """The status of an assignment: reassigning completes the active one, unassigning cancels it."""

    ACTIVE = "active"
    COMPLETED = "completed"
    CANCELLED = "cancelled"


class CandidateAssignment(TenantScoped, BaseModel):
    """An assignment; the active one names the candidate's owner. The audit trail records who assigned it."""

    __tablename__ = "candidate_assignments"
    __keys__ = (
        within_tenant("candidate_id", "candidates", ondelete="CASCADE"),
        within_tenant("user_id", "users", ondelete="CASCADE"),
        sa.Index("ix_candidate_assignments_tenant_id_created_at_id", "tenant_id", "created_at", "id"),
        sa.Index("ix_candidate_assignments_tenant_id_candidate_id", "tenant_id", "candidate_id"),
        sa.Index(
            "uq_candidate_assignments_tenant_id_candidate_id_active",  # one owner at a time
            "tenant_id",
            "candidate_id",
            unique=True,
            sqlite_where=sa.text("status = 'active'"),
            postgresql_where=sa.text("status = 'active'"),
        ),
    )

    candidate_id: Mapped[UUID]
    user_id: Mapped[UUID]
    status: Mapped[AssignmentStatus] = mapped_column(enum_of(AssignmentStatus, "status"))
    ended_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
