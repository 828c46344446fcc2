"""Users with a part in a job: in its hiring team, or on the panel of an interview."""

from __future__ import annotations

from uuid import UUID

from app.extensions import db
from app.models import Candidate, Interview, InterviewPanelist, JobTeamMember
from app.models.interview import InterviewStatus
from app.models.job_team_member import JobRole
from app.models.permission import ALL, VIEW_ALL, VIEW_TEAM
from app.schemas.role_schema import RoleCreate
from app.schemas.user_schema import UserCreate
from app.services.access import role_service
from app.services.users import user_service
from app.utils import scope
from app.utils.ids import new_id
from app.utils.scope import Actor
from tests.factories.client import Api
from tests.factories.raw_writes import raw_writes
from tests.factories.tenant import PASSWORD, SampleTenant

PANEL = "panel"  # beside the roles in a team
ALL_PARTS = (*JobRole, PANEL, None)


def make_member(tenant: SampleTenant, without: frozenset[str] = frozenset()) -> str:
    """Create a user who may do everything, but sees no candidates of others; return their name."""
    name = f"M{new_id().hex[-8:]}"
    with tenant.bound(), scope.tenant(tenant.id, Actor("test", permissions=ALL)):
        granted = sorted(ALL - {VIEW_ALL, VIEW_TEAM, "tenant.export"} - without)
        role = role_service.create(RoleCreate(name=name.upper(), permissions=granted))
        email = f"{name.lower()}@{tenant.slug}.example"
        body = {"email": email, "name": name, "role": "RECRUITER", "password": PASSWORD}
        manager = tenant.users["TEAM_LEAD"]
        user = user_service.create(UserCreate.model_validate({**body, "manager_id": manager}))
        user_service.set_roles(user.id, [role.id], None)
    tenant.users[name] = user.id
    return name


def join(tenant: SampleTenant, name: str, job_ids: list[UUID], part: str | None) -> Api:
    """Give a user a part in these jobs, as one of their team or on the panels of their scheduled interviews."""
    user_id = tenant.users[name]
    with tenant.bound(), raw_writes():
        if part in list(JobRole):
            db.session.add_all(JobTeamMember(job_id=each, user_id=user_id, role=JobRole(part)) for each in job_ids)
        elif part == PANEL:
            interviews = db.session.query(Interview).filter(Interview.status == InterviewStatus.SCHEDULED).all()
            db.session.add_all(InterviewPanelist(interview_id=each.id, user_id=user_id) for each in interviews)
        db.session.commit()
    return tenant.api(name)


def everybody_elses(tenant: SampleTenant) -> None:
    """Give all candidates to the administrator and end broadcasts: they are visible by a part in a job alone."""
    with tenant.bound(), raw_writes():
        db.session.query(Candidate).update({"owner_id": tenant.users["TENANT_ADMIN"], "is_broadcast": False})
        db.session.commit()
