"""Jobs and their transitions."""

from uuid import UUID

from flask import Blueprint

from app.middleware.endpoint.decorator import endpoint
from app.schemas.common import IfMatch
from app.schemas.job_closing_schema import JobClosing
from app.schemas.job_schema import (
    JobAction,
    JobClone,
    JobClosed,
    JobCreate,
    JobListed,
    JobOut,
    JobQuery,
    JobUpdate,
)
from app.schemas.lists import Page
from app.schemas.state_schema import ActionsQuery
from app.services.applications import job_closing_service
from app.services.jobs import job_service

bp = Blueprint("jobs", __name__, url_prefix="/jobs")


@bp.get("")
@endpoint("jobs.read", out=Page[JobListed])
def list_jobs(query: JobQuery):
    """List jobs."""
    return job_service.list_jobs(query)


@bp.post("")
@endpoint("jobs.create", out=JobOut, status=201)
def create(body: JobCreate):
    """Create a job as a draft.

    Unless you name stages or a template, the job gets the default pipeline.
    """
    return job_service.create(body)


@bp.get("/<uuid:job_id>")
@endpoint("jobs.read", out=JobOut)
def get(job_id: UUID, query: ActionsQuery):
    """Get a job with its stages."""
    return job_service.show(job_id, query)


@bp.patch("/<uuid:job_id>")
@endpoint("jobs.update", out=JobOut)
def update(job_id: UUID, body: JobUpdate, if_match: IfMatch):
    """Update a job."""
    return job_service.update(job_id, body, if_match)


@bp.delete("/<uuid:job_id>")
@endpoint("jobs.delete", status=204)
def delete(job_id: UUID):
    """Delete a draft, denied or cancelled job without applications."""
    job_service.delete(job_id)


@bp.post("/<uuid:job_id>/clone")
@endpoint("jobs.create", out=JobOut, status=201)
def clone(job_id: UUID, body: JobClone):
    """Clone a job with its stages and questions as a draft."""
    return job_service.clone(job_id, body)


@bp.post("/<uuid:job_id>/close")
@endpoint("jobs.update", out=JobClosed)
def close(job_id: UUID, body: JobClosing, if_match: IfMatch):
    """Close a job, and keep, reject or transfer its active applications.

    To reject or transfer them, you need the permission `applications.move`. With `dry_run`, nothing changes.
    """
    return job_closing_service.close(job_id, body, if_match)


@bp.post("/<uuid:job_id>/<words(submit, revise, open, cancel, hold, resume, reopen, archive):action>")
@endpoint("jobs.update", out=JobOut)
def act(job_id: UUID, action: str, body: JobAction, if_match: IfMatch):
    """Submit, revise, open, hold, resume, reopen, cancel or archive a job."""
    return job_service.act(job_id, action, body, if_match)
