"""The jobs of a tenant as the world sees them, and applications from the world, as JSON."""

from uuid import UUID

from flask import Blueprint

from app.middleware.endpoint.decorator import endpoint
from app.middleware.identity.access import PUBLIC
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
    """The company and its open jobs, the newest first, 200 at most."""
    return careers_service.page(slug, query)


@bp.get("/careers/<string:slug>/jobs/<uuid:posting_id>")
@endpoint(PUBLIC, out=PublicJob, limit="public")
def job(slug: str, posting_id: UUID, query: ReferredQuery):
    """One open job with its questions."""
    return careers_service.one(slug, posting_id).job


@bp.post("/careers/<string:slug>/jobs/<uuid:posting_id>/apply")
@endpoint(PUBLIC, out=ApplicationReceived, status=201, limit="apply")
def apply(slug: str, posting_id: UUID, file: Upload | None, form: ApplicantForm):
    """Apply; the same person again for the same job is the same application, and every answer is the same."""
    return public_application_service.apply(slug, posting_id, form, file)


@bp.get("/applications/<string:token>")
@endpoint(PUBLIC, out=PublicApplication, limit="public")
def application(token: str):
    """What the link in the mail is about."""
    return public_application_service.view(token)


@bp.post("/applications/<string:token>/withdraw")
@endpoint(PUBLIC, out=PublicApplication, limit="public")
def withdraw(token: str, body: EmptyBody):
    """End one's own application."""
    return public_application_service.withdraw(token)
