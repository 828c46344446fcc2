"""Invitations of candidates, and the forms that they fill in."""

from uuid import UUID

from flask import Blueprint

from app.middleware.endpoint.decorator import endpoint
from app.middleware.identity.access import PUBLIC
from app.schemas.candidate_invitation_schema import (
    InvitationApproval,
    InvitationCreate,
    InvitationFileForm,
    InvitationForm,
    InvitationListed,
    InvitationOut,
    InvitationQuery,
    InvitationReason,
    PublicInvitation,
)
from app.schemas.common import FileLink, IfMatch
from app.schemas.lists import Page
from app.schemas.state_schema import ActionsQuery
from app.services.invitations import candidate_invitation_service, invitation_files, public_invitation_service
from app.utils.file_store import Upload

bp = Blueprint("candidate_invitations", __name__)


@bp.get("/candidate-invitations")
@endpoint("candidate_invitations.read", out=Page[InvitationListed])
def list_invitations(query: InvitationQuery):
    """List invitations of candidates."""
    return candidate_invitation_service.list_invitations(query)


@bp.post("/candidate-invitations")
@endpoint("candidate_invitations.send", out=InvitationOut, status=201)
def create(body: InvitationCreate):
    """Invite someone to fill in a form about themselves.

    They get an email with a link. Nothing reaches your candidates until you approve what they submit.
    """
    return candidate_invitation_service.create(body)


@bp.get("/candidate-invitations/<uuid:invitation_id>")
@endpoint("candidate_invitations.read", out=InvitationOut)
def get(invitation_id: UUID, query: ActionsQuery):
    """Get an invitation with what the candidate filled in."""
    return candidate_invitation_service.show(invitation_id, query)


@bp.post("/candidate-invitations/<uuid:invitation_id>/<words(send, resend):action>")
@endpoint("candidate_invitations.send", out=InvitationOut)
def send(invitation_id: UUID, action: str, if_match: IfMatch):
    """Send an invitation, or send it again.

    Sent again, it has a new link, and the earlier ones are no longer valid. What was filled in is kept.
    """
    return candidate_invitation_service.send(invitation_id, action, if_match)


@bp.post("/candidate-invitations/<uuid:invitation_id>/revoke")
@endpoint("candidate_invitations.send", out=InvitationOut)
def revoke(invitation_id: UUID, body: InvitationReason, if_match: IfMatch):
    """Revoke an invitation, and take its email back if it has not left."""
    return candidate_invitation_service.act(invitation_id, "revoke", body.reason, if_match)


@bp.post("/candidate-invitations/<uuid:invitation_id>/approve")
@endpoint("candidate_invitations.review", out=InvitationOut)
def approve(invitation_id: UUID, body: InvitationApproval, if_match: IfMatch):
    """Approve what was submitted.

    The candidate with this email address is updated, or a new one is created, with an application if the invitation is
    for an open job. The files become documents a moment later. The message stays with the invitation.
    """
    return candidate_invitation_service.approve(invitation_id, body, if_match)


@bp.post("/candidate-invitations/<uuid:invitation_id>/<words(return, reject):action>")
@endpoint("candidate_invitations.review", out=InvitationOut)
def review(invitation_id: UUID, action: str, body: InvitationReason, if_match: IfMatch):
    """Return a form for changes, or reject it; both need a reason.

    The candidate is mailed what to change, with a new link. A rejection is not mailed.
    """
    return candidate_invitation_service.act(invitation_id, action, body.reason, if_match)


@bp.get("/candidate-invitations/<uuid:invitation_id>/files/<uuid:file_id>/link")
@endpoint("candidate_invitations.read", out=FileLink)
def link(invitation_id: UUID, file_id: UUID):
    """Get a signed URL of a file that the candidate sent, valid for five minutes."""
    return invitation_files.link(invitation_id, file_id)


@bp.get("/public/candidate-invitations/<string:token>")
@endpoint(PUBLIC, out=PublicInvitation, limit="public")
def view(token: str):
    """Get the form of an invitation with what was filled in.

    The first view is recorded.
    """
    return public_invitation_service.view(token)


@bp.put("/public/candidate-invitations/<string:token>")
@endpoint(PUBLIC, out=PublicInvitation, limit="public")
def save(token: str, body: InvitationForm):
    """Save the form without submitting it."""
    return public_invitation_service.save(token, body)


@bp.post("/public/candidate-invitations/<string:token>/submit")
@endpoint(PUBLIC, out=PublicInvitation, limit="public")
def submit(token: str, body: InvitationForm):
    """Submit the form.

    Required are the name, the consent and the required documents.
    """
    return public_invitation_service.submit(token, body)


@bp.post("/public/candidate-invitations/<string:token>/files")
@endpoint(PUBLIC, out=PublicInvitation, limit="public", status=201)
def add_file(token: str, file: Upload, form: InvitationFileForm):
    """Add a file: a resume, or a document of one of the required types."""
    return public_invitation_service.add_file(token, form, file)


@bp.delete("/public/candidate-invitations/<string:token>/files/<uuid:file_id>")
@endpoint(PUBLIC, out=PublicInvitation, limit="public")
def remove_file(token: str, file_id: UUID):
    """Delete a file of the form."""
    return public_invitation_service.remove_file(token, file_id)
