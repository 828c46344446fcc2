"""Pages that candidates open with a link."""

from uuid import UUID

from flask import Blueprint

from app.middleware.pages import candidate_forms
from app.middleware.pages.decorators import page, see_other
from app.services.invitations import public_invitation_service

bp = Blueprint("candidate_pages", __name__)


@bp.get("/invitations/<string:token>")
@page("invitation.html")
def invitation(token: str):
    """Show the form of an invitation."""
    return public_invitation_service.view(token)


@bp.post("/invitations/<string:token>")
@page("invitation.html", again=("invitation.html", public_invitation_service.view))
def fill_in(token: str):
    """Submit the form of an invitation, or save it for later."""
    form = candidate_forms.read_invitation()
    if candidate_forms.is_to_submit():
        public_invitation_service.submit(token, form)
    else:
        public_invitation_service.save(token, form)
    return see_other(f"/invitations/{token}")


@bp.post("/invitations/<string:token>/files")
@page("invitation.html", again=("invitation.html", public_invitation_service.view))
def add_file(token: str):
    """Add a file to an invitation."""
    file, form = candidate_forms.read_invitation_file()
    public_invitation_service.add_file(token, form, file)
    return see_other(f"/invitations/{token}")


@bp.post("/invitations/<string:token>/files/<uuid:file_id>/delete")
@page("invitation.html")
def remove_file(token: str, file_id: UUID):
    """Delete a file of an invitation."""
    public_invitation_service.remove_file(token, file_id)
    return see_other(f"/invitations/{token}")
