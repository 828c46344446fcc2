"""The hiring team of a job."""

from __future__ import annotations

from typing import Literal
from uuid import UUID

from pydantic import Field

from app.models.job_access import Opens
from app.models.job_team_member import JobRole
from app.schemas.common import In, Out, Query


class JobTeamMemberIn(In):
    """The role of a user on the hiring team."""

    role: JobRole = Field(examples=["hiring_manager"])


class JobTeamQuery(Query):
    """Whether to explain what each member may see."""

    explain: Literal["true"] | None = Field(None, description="`true`: with `opens`, what each member's role opens")


class JobTeamMemberOut(Out):
    """A member of the hiring team."""

    user_id: UUID
    name: str
    role: JobRole
    opens: list[Opens] | None = Field(
        description="With `explain`: what the role opens of the applications of this job. The member's permissions are "
        "required as well; members who see the candidates anyway see more"
    )
