"""Job postings and tracking links."""

from uuid import UUID

from flask import Blueprint

from app.middleware.endpoint.decorator import endpoint
from app.schemas.common import EmptyBody, IfMatch
from app.schemas.job_posting_schema import (
    JobPostingCreate,
    JobPostingOut,
    JobPostingUpdate,
    PostingCheck,
    TrackingLinkCreate,
    TrackingLinkOut,
    TrackingLinkUpdate,
)
from app.schemas.lists import Page
from app.schemas.state_schema import ActionsQuery
from app.services.jobs import job_posting_checks, job_posting_service, tracking_link_service

bp = Blueprint("job_postings", __name__)


@bp.get("/jobs/<uuid:job_id>/postings")
@endpoint("jobs.read", out=Page[JobPostingOut])
def list_postings(job_id: UUID):
    """List the postings of a job."""
    return job_posting_service.list_postings(job_id)


@bp.post("/jobs/<uuid:job_id>/postings")
@endpoint("job_postings.update", out=JobPostingOut, status=201)
def create(job_id: UUID, body: JobPostingCreate):
    """Add a posting.

    It is a draft until you publish it.
    """
    return job_posting_service.create(job_id, body)


@bp.get("/job-postings/<uuid:posting_id>")
@endpoint("jobs.read", out=JobPostingOut)
def get(posting_id: UUID, query: ActionsQuery):
    """Get a posting with its public URL."""
    return job_posting_service.show(posting_id, query)


@bp.get("/job-postings/<uuid:posting_id>/checks")
@endpoint("jobs.read", out=Page[PostingCheck])
def list_checks(posting_id: UUID):
    """List what job boards will refuse about a posting, or rank lower.

    An empty list means that they take it as it is.
    """
    return job_posting_checks.list_checks(posting_id)


@bp.patch("/job-postings/<uuid:posting_id>")
@endpoint("job_postings.update", out=JobPostingOut)
def update(posting_id: UUID, body: JobPostingUpdate, if_match: IfMatch):
    """Update a posting.

    Changes to a published posting take effect immediately.
    """
    return job_posting_service.update(posting_id, body, if_match)


@bp.post("/job-postings/<uuid:posting_id>/<words(publish, unpublish):action>")
@endpoint("job_postings.update", out=JobPostingOut)
def act(posting_id: UUID, action: str, body: EmptyBody, if_match: IfMatch):
    """Publish a posting of an open job, or unpublish a posting."""
    return job_posting_service.act(posting_id, action, if_match)


@bp.delete("/job-postings/<uuid:posting_id>")
@endpoint("job_postings.update", status=204)
def delete(posting_id: UUID):
    """Delete a posting that is not published."""
    job_posting_service.delete(posting_id)


@bp.get("/tracking-links")
@endpoint("applications.read", out=Page[TrackingLinkOut])
def list_links():
    """List tracking links with the number of their applications."""
    return tracking_link_service.list_all()


@bp.post("/tracking-links")
@endpoint("job_postings.update", out=TrackingLinkOut, status=201)
def create_link(body: TrackingLinkCreate):
    """Add a tracking link.

    Applications that come through the link get its source.
    """
    return tracking_link_service.create(body)


@bp.patch("/tracking-links/<uuid:link_id>")
@endpoint("job_postings.update", out=TrackingLinkOut)
def update_link(link_id: UUID, body: TrackingLinkUpdate):
    """Rename, deactivate or reactivate a tracking link."""
    return tracking_link_service.update(link_id, body)
