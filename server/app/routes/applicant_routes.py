"""The applicants of a job, ranked."""

from uuid import UUID

from flask import Blueprint

from app.middleware.endpoint.decorator import endpoint
from app.schemas.applicant_schema import ApplicantOut, ApplicantQuery
from app.schemas.lists import Page
from app.services.applications import applicant_service

bp = Blueprint("applicants", __name__, url_prefix="/jobs/<uuid:job_id>/applicants")


@bp.get("")
@endpoint("applications.read", out=Page[ApplicantOut])
def list_applicants(job_id: UUID, query: ApplicantQuery):
    """List the applicants of a job, ranked.

    All of them, best match first, with filters on answers and earlier applications.
    """
    return applicant_service.list_applicants(job_id, query)
