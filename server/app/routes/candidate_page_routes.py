"""Pages that candidates open with a link, and the feed that calendar programs read."""

from uuid import UUID

from flask import Blueprint

from app.middleware.pages import candidate_forms, forms
from app.middleware.pages.decorators import feed, page, see_other
from app.schemas.interview_booking_schema import BookingPage
from app.services.interviews import calendar_feed_service, public_booking_service
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
    """Save the form of an invitation with the file that was chosen, and submit it if that is what the button says."""
    file, form = candidate_forms.read_invitation_file(), candidate_forms.read_invitation()
    public_invitation_service.save(token, form)  # first: nothing that was typed is lost
    if file is not None:
        public_invitation_service.add_file(token, file.form, file.upload)
    if candidate_forms.is_to_submit():
        public_invitation_service.submit(token, form)
        return see_other(f"/invitations/{token}")
    return see_other(f"/invitations/{token}?saved=true")


@bp.post("/invitations/<string:token>/files/<uuid:file_id>/delete")
@page("invitation.html")
def remove_file(token: str, file_id: UUID):
    """Delete a file of an invitation."""
    public_invitation_service.remove_file(token, file_id)
    return see_other(f"/invitations/{token}")


@bp.get("/bookings/<string:token>")
@page("booking.html")
def booking(token: str):
    """Show the interview, and the times on offer."""
    return public_booking_service.page(token, forms.read_filters(BookingPage).after)


@bp.post("/bookings/<string:token>")
@page("booking.html", again=("booking.html", public_booking_service.page))
def choose(token: str):
    """Choose a time."""
    public_booking_service.choose(token, candidate_forms.read_booking())
    return see_other(f"/bookings/{token}")


@bp.post("/bookings/<string:token>/cancel")
@page("booking.html", again=("booking.html", public_booking_service.page))
def cancel(token: str):
    """Cancel the interview."""
    candidate_forms.check_confirmation()
    public_booking_service.cancel(token)
    return see_other(f"/bookings/{token}")


@bp.get("/calendars/<string:token>.ics")
@feed("text/calendar", caching="private, no-store")
def calendar(token: str):
    """Return the interviews of a user as a calendar."""
    return calendar_feed_service.read(token)
