"""The portal of candidates, as pages."""

from uuid import UUID

from flask import Blueprint

from app.middleware.identity import candidate_context
from app.middleware.identity.client import check_origin
from app.middleware.pages import candidate_forms
from app.middleware.pages.decorators import page, redirect_to, see_other
from app.middleware.pages.portal_pages import portal_page
from app.services.candidates import candidate_correction_service
from app.services.portal import portal_service, portal_session_service
from app.services.portal.portal_session_service import CandidatePrincipal
from app.services.privacy import privacy_request_service

bp = Blueprint("portal_pages", __name__)


def _view(candidate: CandidatePrincipal):
    return portal_service.view(candidate.candidate_id)


def _home(candidate: CandidatePrincipal):
    return see_other(f"/portal/{candidate.slug}")


@bp.get("/portal/<string:slug>")
@portal_page(door=portal_session_service.door)
def home(candidate: CandidatePrincipal):
    """Show a candidate who has signed in everything, and others the form that asks for a link."""
    return _view(candidate)


@bp.post("/portal/<string:slug>/sign-in")
@page("portal_sent.html", again=("portal.html", portal_session_service.door))
def ask(slug: str):
    """Ask for a sign-in link."""
    portal_session_service.ask(slug, candidate_forms.read_sign_in().email)
    return portal_session_service.door(slug)


@bp.get("/sign-ins/<string:token>")
@page("portal_confirm.html")
def confirm(token: str):
    """Ask for confirmation, so that programs that open links in emails do not use the link up."""
    return portal_session_service.confirm(token)


@bp.post("/sign-ins/<string:token>")
@page("portal_confirm.html")
def sign_in(token: str):
    """Sign in with a link."""
    check_origin()  # another site must not sign somebody in as somebody else
    opened, slug = portal_session_service.open_session(token)
    return candidate_context.set_cookie(see_other(f"/portal/{slug}"), opened.access_token, opened.expires_in)


@bp.post("/portal/<string:slug>/sign-out")
@portal_page()
def sign_out(candidate: CandidatePrincipal):
    """Sign out."""
    portal_session_service.close(candidate.session_id)
    return candidate_context.drop_cookie(_home(candidate))


@bp.post("/portal/<string:slug>/corrections")
@portal_page(again=("portal.html", _view))
def propose(candidate: CandidatePrincipal):
    """Propose a correction."""
    candidate_correction_service.propose(candidate.candidate_id, candidate_forms.read_correction())
    return _home(candidate)


@bp.post("/portal/<string:slug>/documents")
@portal_page(again=("portal.html", _view))
def upload(candidate: CandidatePrincipal):
    """Send a file."""
    portal_service.upload(candidate.candidate_id, candidate_forms.read_file())
    return _home(candidate)


@bp.get("/portal/<string:slug>/documents/<uuid:document_id>")
@portal_page()
def document(candidate: CandidatePrincipal, document_id: UUID):
    """Download a file that the candidate sent."""
    return redirect_to(portal_service.document_link(candidate.candidate_id, document_id).url)


@bp.post("/portal/<string:slug>/consents")
@portal_page()
def change_consent(candidate: CandidatePrincipal):
    """Give or withdraw the consent to a purpose."""
    portal_service.change_consent(candidate.candidate_id, candidate_forms.read_consent())
    return _home(candidate)


@bp.post("/portal/<string:slug>/privacy-requests")
@portal_page(again=("portal.html", _view))
def ask_privacy(candidate: CandidatePrincipal):
    """Ask for a copy of the data, or for its erasure."""
    privacy_request_service.ask(candidate.candidate_id, candidate_forms.read_privacy_request().kind)
    return _home(candidate)


@bp.get("/portal/<string:slug>/privacy-requests/<uuid:request_id>")
@portal_page()
def copy(candidate: CandidatePrincipal, request_id: UUID):
    """Download the copy of the data."""
    return redirect_to(privacy_request_service.link(candidate.candidate_id, request_id).url)
