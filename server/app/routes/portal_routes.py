"""The portal of candidates, as JSON."""

from uuid import UUID

from flask import Blueprint

from app.middleware.endpoint.decorator import endpoint
from app.middleware.identity.access import CANDIDATE, PUBLIC
from app.schemas.common import FileLink
from app.schemas.lists import Page
from app.schemas.portal_schema import (
    ConsentChange,
    CorrectionCreate,
    PortalApplication,
    PortalConsent,
    PortalCorrection,
    PortalDocument,
    PortalInterview,
    PortalLinkSent,
    PortalPrivacyRequest,
    PortalProfile,
    PortalSessionCreate,
    PortalSignIn,
    PortalToken,
    PrivacyRequestCreate,
)
from app.services.candidates import candidate_correction_service
from app.services.portal import portal_service, portal_session_service
from app.services.portal.portal_session_service import CandidatePrincipal
from app.services.privacy import privacy_request_service
from app.utils.file_store import Upload

bp = Blueprint("portal", __name__)


@bp.post("/public/portals/<string:slug>/sign-in")
@endpoint(PUBLIC, out=PortalLinkSent, status=202, limit="public")
def ask(slug: str, body: PortalSignIn):
    """Request a sign-in link for a candidate.

    The response is the same for known and unknown addresses. A known one gets an email with a link that works once,
    within an hour.
    """
    return portal_session_service.ask(slug, body.email)


@bp.post("/public/portal-sessions")
@endpoint(PUBLIC, out=PortalToken, status=201, limit="public")
def open_session(body: PortalSessionCreate):
    """Exchange the token of a sign-in link for an access token, which is valid for 12 hours."""
    return portal_session_service.open_session(body.token)[0]


@bp.delete("/portal/session")
@endpoint(CANDIDATE, status=204)
def close(candidate: CandidatePrincipal):
    """Sign out of the portal."""
    portal_session_service.close(candidate.session_id)


@bp.get("/portal/profile")
@endpoint(CANDIDATE, out=PortalProfile)
def profile(candidate: CandidatePrincipal):
    """Get what the company knows of you."""
    return portal_service.profile(candidate.candidate_id)


@bp.get("/portal/applications")
@endpoint(CANDIDATE, out=Page[PortalApplication])
def applications(candidate: CandidatePrincipal):
    """List your applications with their status."""
    return portal_service.applications(candidate.candidate_id)


@bp.get("/portal/interviews")
@endpoint(CANDIDATE, out=Page[PortalInterview])
def interviews(candidate: CandidatePrincipal):
    """List your interviews."""
    return portal_service.interviews(candidate.candidate_id)


@bp.get("/portal/documents")
@endpoint(CANDIDATE, out=Page[PortalDocument])
def documents(candidate: CandidatePrincipal):
    """List the files that you sent."""
    return portal_service.documents(candidate.candidate_id)


@bp.post("/portal/documents")
@endpoint(CANDIDATE, out=PortalDocument, status=201)
def upload(candidate: CandidatePrincipal, file: Upload):
    """Send a file."""
    return portal_service.upload(candidate.candidate_id, file)


@bp.get("/portal/documents/<uuid:document_id>/link")
@endpoint(CANDIDATE, out=FileLink)
def document_link(candidate: CandidatePrincipal, document_id: UUID):
    """Get a signed URL of a file that you sent, valid for five minutes."""
    return portal_service.document_link(candidate.candidate_id, document_id)


@bp.get("/portal/corrections")
@endpoint(CANDIDATE, out=Page[PortalCorrection])
def corrections(candidate: CandidatePrincipal):
    """List the corrections that you proposed."""
    return candidate_correction_service.own(candidate.candidate_id)


@bp.post("/portal/corrections")
@endpoint(CANDIDATE, out=PortalCorrection, status=201)
def propose(candidate: CandidatePrincipal, body: CorrectionCreate):
    """Propose a correction of your data.

    A user of the company accepts or rejects it.
    """
    return candidate_correction_service.propose(candidate.candidate_id, body)


@bp.get("/portal/consents")
@endpoint(CANDIDATE, out=Page[PortalConsent])
def consents(candidate: CandidatePrincipal):
    """List the purposes that you agree to, or could agree to."""
    return portal_service.consents(candidate.candidate_id)


@bp.put("/portal/consents")
@endpoint(CANDIDATE, out=Page[PortalConsent])
def change_consent(candidate: CandidatePrincipal, body: ConsentChange):
    """Give or withdraw your consent to a purpose."""
    return portal_service.change_consent(candidate.candidate_id, body)


@bp.get("/portal/privacy-requests")
@endpoint(CANDIDATE, out=Page[PortalPrivacyRequest])
def privacy_requests(candidate: CandidatePrincipal):
    """List your requests for a copy of your data, or for its erasure."""
    return privacy_request_service.own(candidate.candidate_id)


@bp.post("/portal/privacy-requests")
@endpoint(CANDIDATE, out=PortalPrivacyRequest, status=201)
def ask_privacy(candidate: CandidatePrincipal, body: PrivacyRequestCreate):
    """Request a copy of your data, or its erasure.

    A user of the company decides. An open request of the same kind is returned as it is.
    """
    return privacy_request_service.ask(candidate.candidate_id, body.kind)


@bp.get("/portal/privacy-requests/<uuid:request_id>/link")
@endpoint(CANDIDATE, out=FileLink)
def copy_link(candidate: CandidatePrincipal, request_id: UUID):
    """Get a signed URL of the copy of your data, valid for five minutes."""
    return privacy_request_service.link(candidate.candidate_id, request_id)
