"""Openings of a job."""

from uuid import UUID

from flask import Blueprint

from app.middleware.endpoint.decorator import endpoint
from app.schemas.job_opening_schema import JobOpeningOut, JobOpeningUpdate
from app.schemas.lists import Page
from app.services.jobs import job_opening_service

bp = Blueprint("job_openings", __name__, url_prefix="/jobs/<uuid:job_id>/openings")


@bp.get("")
@endpoint("jobs.read", out=Page[JobOpeningOut])
def list_openings(job_id: UUID):
    """List the openings of a job with the hires that fill them."""
    return job_opening_service.list_openings(job_id)


@bp.patch("/<uuid:opening_id>")
@endpoint("jobs.update", out=JobOpeningOut)
def update(job_id: UUID, opening_id: UUID, body: JobOpeningUpdate):
    """Update the target start date and reference of an opening."""
    return job_opening_service.update(job_id, opening_id, body)
