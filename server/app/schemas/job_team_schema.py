"""The hiring team of a job."""

from __future__ import annotations

from uuid import UUID

from pydantic import Field

from app.models.job_team_member import JobRole
from app.schemas.common import In, Out


class JobTeamMemberIn(In):
    """The role of a user on the hiring team."""

    role: JobRole = Field(examples=["hiring_manager"])


class JobTeamMemberOut(Out):
    """A member of the hiring team."""

    user_id: UUID
    name: str
    role: JobRole
