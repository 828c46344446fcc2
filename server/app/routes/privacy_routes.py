"""Privacy: subject exports, erasures and retention."""

from uuid import UUID

from flask import Blueprint

from app.middleware.endpoint.decorator import endpoint
from app.schemas.candidate_schema import CandidateOut
from app.schemas.common import FileLink, IfMatch
from app.schemas.lists import Page
from app.schemas.privacy_schema import CandidateErasure, PrivacyRefusal, PrivacyRequestOut, PrivacyRequestQuery
from app.services.privacy import (
    candidate_erasure_service,
    privacy_request_service,
    retention_service,
    subject_export_service,
)

bp = Blueprint("privacy", __name__)


@bp.get("/privacy-requests")
@endpoint("privacy.read", out=Page[PrivacyRequestOut])
def list_requests(query: PrivacyRequestQuery):
    """List subject exports and erasures, with certificates."""
    return subject_export_service.list_requests(query)


@bp.get("/privacy-requests/<uuid:request_id>")
@endpoint("privacy.read", out=PrivacyRequestOut)
def get(request_id: UUID):
    """Get a subject export or erasure."""
    return subject_export_service.get(request_id)


@bp.post("/privacy-requests/<uuid:request_id>/approve")
@endpoint("privacy.export", out=PrivacyRequestOut, idempotency_key="none")
def approve(request_id: UUID):
    """Approve the request of a candidate: export their data, or erase it.

    An erasure requires `privacy.erase`, too. The candidate downloads the export on the portal.
    """
    return privacy_request_service.approve(request_id)


@bp.post("/privacy-requests/<uuid:request_id>/refuse")
@endpoint("privacy.export", out=PrivacyRequestOut)
def refuse(request_id: UUID, body: PrivacyRefusal):
    """Refuse the request of a candidate, who reads the reason.

    An erasure requires `privacy.erase`, too.
    """
    return privacy_request_service.refuse(request_id, body.reason)


@bp.get("/privacy-requests/<uuid:request_id>/link")
@endpoint("privacy.export", out=FileLink)
def link(request_id: UUID):
    """Get a signed URL of the archive, valid for five minutes."""
    return subject_export_service.link(request_id)


@bp.post("/candidates/<uuid:candidate_id>/subject-export")
@endpoint("privacy.export", out=PrivacyRequestOut, status=202)
def export(candidate_id: UUID):
    """Export everything stored about a candidate as an archive.

    The archive is built in the background and stored for a week.
    """
    return subject_export_service.ask(candidate_id)


@bp.post("/candidates/<uuid:candidate_id>/erase")
@endpoint("privacy.erase", out=PrivacyRequestOut, idempotency_key="none")
def erase(candidate_id: UUID, body: CandidateErasure):
    """Erase a candidate with everything stored about them.

    The response includes a signed certificate.
    """
    return candidate_erasure_service.erase(candidate_id, body.reason)


@bp.post("/candidates/<uuid:candidate_id>/keep")
@endpoint("candidates.update", out=CandidateOut)
def keep(candidate_id: UUID, if_match: IfMatch):
    """Keep a candidate whose retention period is over.

    The retention period restarts.
    """
    return retention_service.retain(candidate_id, if_match)
