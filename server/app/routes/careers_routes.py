"""The published jobs of a tenant and public applications, as JSON."""

from uuid import UUID

from flask import Blueprint

from app.middleware.endpoint.decorator import endpoint
from app.middleware.identity.access import PUBLIC
from app.middleware.identity.public_limits import counting_success
from app.schemas.careers_schema import (
    ApplicantForm,
    ApplicationReceived,
    CareersOut,
    CareersQuery,
    PublicApplication,
    PublicJob,
    ReferredQuery,
)
from app.schemas.common import EmptyBody
from app.services.careers import careers_service, public_application_service
from app.utils.file_store import Upload

bp = Blueprint("careers", __name__, url_prefix="/public")


@bp.get("/careers/<string:slug>")
@endpoint(PUBLIC, out=CareersOut, limit="public")
def page(slug: str, query: CareersQuery):
    """Get the company and its open jobs, newest first.

    At most 200 jobs are returned.
    """
    return careers_service.page(slug, query)


@bp.get("/careers/<string:slug>/jobs/<uuid:posting_id>")
@endpoint(PUBLIC, out=PublicJob, limit="public")
def job(slug: str, posting_id: UUID, query: ReferredQuery):
    """Get an open job with its questions."""
    return careers_service.one(slug, posting_id).job


@bp.post("/careers/<string:slug>/jobs/<uuid:posting_id>/apply")
@endpoint(PUBLIC, out=ApplicationReceived, status=201, limit="public")
def apply(slug: str, posting_id: UUID, file: Upload | None, form: ApplicantForm):
    """Apply for a job.

    If the same person applies for the same job again, no second application is created. The response is always the
    same.
    """
    with counting_success("apply"):
        return public_application_service.apply(slug, posting_id, form, file)


@bp.get("/applications/<string:token>")
@endpoint(PUBLIC, out=PublicApplication, limit="public")
def application(token: str):
    """Get the application that the emailed link belongs to."""
    return public_application_service.view(token)


@bp.post("/applications/<string:token>/withdraw")
@endpoint(PUBLIC, out=PublicApplication, limit="public")
def withdraw(token: str, body: EmptyBody):
    """Withdraw your application."""
    return public_application_service.withdraw(token)
