"""The hiring team of a job."""

from __future__ import annotations

from enum import StrEnum
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from app.models.base.model import BaseModel
from app.models.base.tenancy import TenantScoped, within_tenant
from app.models.base.types import enum_of


class JobRole(StrEnum):
    """The role of a user in the hiring team."""

    HIRING_MANAGER = "hiring_manager"
    RECRUITER = "recruiter"
    SOURCER = "sourcer"
    COORDINATOR = "coordinator"
    INTERVIEWER = "interviewer"


class JobTeamMember(TenantScoped, BaseModel):
    """A member of a job's hiring team, with one role."""

    __tablename__ = "job_team_members"
    __keys__ = (
        sa.UniqueConstraint("tenant_id", "job_id", "user_id"),
        within_tenant("job_id", "jobs", ondelete="CASCADE"),
        within_tenant("user_id", "users", ondelete="CASCADE"),
        sa.Index("ix_job_team_members_tenant_id_user_id_job_id", "tenant_id", "user_id", "job_id"),
    )

    job_id: Mapped[UUID]
    user_id: Mapped[UUID]
    role: Mapped[JobRole] = mapped_column(enum_of(JobRole, "role"))
