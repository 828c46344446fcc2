"""The hiring team of a job."""

from uuid import UUID

from flask import Blueprint

from app.middleware.endpoint.decorator import endpoint
from app.schemas.job_team_schema import JobTeamMemberIn, JobTeamMemberOut, JobTeamQuery
from app.schemas.lists import Page
from app.services.jobs import job_team_service

bp = Blueprint("job_teams", __name__, url_prefix="/jobs/<uuid:job_id>/team")


@bp.get("")
@endpoint("jobs.read", out=Page[JobTeamMemberOut])
def members(job_id: UUID, query: JobTeamQuery):
    """List the hiring team of a job."""
    return job_team_service.members(job_id, query)


@bp.put("/<uuid:user_id>")
@endpoint("jobs.update", status=204)
def put(job_id: UUID, user_id: UUID, body: JobTeamMemberIn):
    """Add a user to the hiring team, or change a member's role."""
    job_team_service.put(job_id, user_id, body)


@bp.delete("/<uuid:user_id>")
@endpoint("jobs.update", status=204)
def remove(job_id: UUID, user_id: UUID):
    """Remove a user from the hiring team."""
    job_team_service.remove(job_id, user_id)
