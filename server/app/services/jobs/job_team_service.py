"""The hiring team of a job: users and their roles."""

from __future__ import annotations

from typing import Any
from uuid import UUID

import sqlalchemy as sa

from app.extensions import db
from app.models import Job, JobTeamMember, User
from app.models.job_access import TEAM
from app.models.job_team_member import JobRole
from app.models.notification import NotificationKind
from app.schemas.job_team_schema import JobTeamMemberIn, JobTeamMemberOut, JobTeamQuery
from app.schemas.lists import Page
from app.services.access import active_users
from app.services.core import listing, memberships, rows
from app.services.core.transaction import use_case
from app.services.events import event_service
from app.services.notifications import notification_service
from app.services.notifications.notification_service import About
from app.utils import clock, scope
from app.utils.addresses import addresses
from app.utils.errors import Forbidden

MAX_MEMBERS = 100


def members(job_id: UUID, query: JobTeamQuery) -> Page[JobTeamMemberOut]:
    """Return the team of a job, ordered by name, with what each role opens if the query asks for it."""
    rows.get(Job, job_id)
    columns = sa.select(JobTeamMember.user_id, User.name, JobTeamMember.role).join(
        User, sa.and_(User.tenant_id == JobTeamMember.tenant_id, User.id == JobTeamMember.user_id)
    )
    found = db.session.execute(columns.where(JobTeamMember.job_id == job_id).order_by(User.name, User.id))
    return listing.page_as(JobTeamMemberOut, listing.single_page([_member(row, query) for row in found]))


def _member(row: Any, query: JobTeamQuery) -> dict[str, Any]:
    return {**row._mapping, "opens": sorted(TEAM[row.role]) if query.explain else None}


def is_mine(job_id: Any, wanted: bool) -> Any:
    """Return the condition that the acting user owns the job or is in its hiring team, or the opposite."""
    user_id = scope.user_id()
    own = sa.select(Job.id).where(Job.owner_id == user_id)
    joined = sa.select(JobTeamMember.job_id).where(JobTeamMember.user_id == user_id)
    mine = job_id.in_(own) | job_id.in_(joined)
    return mine if wanted else ~mine


@use_case
def put(job_id: UUID, user_id: UUID, request: JobTeamMemberIn) -> None:
    """Add a user to the team, or change the role of a member."""
    job = rows.lock_row(Job, job_id)
    active_users.require(user_id, "a role on a job")
    member = db.session.scalars(
        sa.select(JobTeamMember).where(JobTeamMember.job_id == job_id, JobTeamMember.user_id == user_id)
    ).one_or_none()
    if member is not None and member.role == request.role:
        return  # no event for a request that changes nothing
    _check_self(job, member, user_id, request.role)
    if member is None:
        its_own = JobTeamMember.job_id == job_id
        rows.enforce_limit(
            MAX_MEMBERS, JobTeamMember, f"A job team can have {MAX_MEMBERS} members", "too_many_members", its_own
        )
        db.session.add(JobTeamMember(job_id=job_id, user_id=user_id, role=request.role))
    else:
        member.role = request.role
    event_service.record("job.team_changed", job, user_id=user_id, role=request.role)
    if member is None:
        _notify(job, user_id)


def _check_self(job: Job, member: JobTeamMember | None, user_id: UUID, role: JobRole) -> None:
    """Forbidden if users who do not see everything give themselves a role that opens more to them.

    Owners may: nobody who sees less than everything becomes the owner of another's job.
    """
    is_limited = scope.actor().visibility is not None
    has = TEAM[member.role] if member is not None else frozenset()
    if is_limited and user_id == scope.user_id() and job.owner_id != user_id and not TEAM[role] <= has:
        raise Forbidden("Ask somebody else to give you this role: it would show you more.", code="self_escalation")


def _notify(job: Job, user_id: UUID) -> None:
    for user in active_users.among([user_id]):
        # With the time: whoever left and joins again is notified again.
        key = f"job_team_joined:{job.id}:{clock.now().isoformat()}"
        context = {"link": f"{addresses.app}/jobs/{job.id}"}
        notification_service.notify(user, NotificationKind.JOB_TEAM_JOINED, key, context, About(job, job_id=job.id))


@use_case
def remove(job_id: UUID, user_id: UUID) -> None:
    """Remove a user from the team; does nothing if the user is not a member."""
    job = rows.lock_row(Job, job_id)
    rows.get(User, user_id)  # an unknown user is NotFound, unlike one who is not a member
    if memberships.remove(JobTeamMember, job_id=job_id, user_id=user_id):
        event_service.record("job.team_changed", job, user_id=user_id, role=None)
