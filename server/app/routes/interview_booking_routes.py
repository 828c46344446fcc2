"""Bookings of interviews by candidates."""

from uuid import UUID

from flask import Blueprint

from app.middleware.endpoint.decorator import endpoint
from app.middleware.identity.access import PUBLIC
from app.schemas.interview_booking_schema import (
    BookingChoice,
    BookingCreate,
    BookingOut,
    BookingSlotQuery,
    PublicBooking,
)
from app.schemas.interviewer_availability_schema import SlotOut
from app.schemas.lists import Page
from app.services.interviews import interview_booking_service, public_booking_service

bp = Blueprint("interview_bookings", __name__)


@bp.get("/interviews/<uuid:interview_id>/booking")
@endpoint("interviews.read", out=BookingOut)
def get(interview_id: UUID):
    """Get the booking link of an interview."""
    return interview_booking_service.get(interview_id)


@bp.put("/interviews/<uuid:interview_id>/booking")
@endpoint("interviews.update", out=BookingOut)
def create(interview_id: UUID, body: BookingCreate):
    """Let the candidate choose the time of an interview.

    They get an email with a link, which replaces an earlier one. It offers the times in which all of the panel are
    free, and enough of the pool.
    """
    return interview_booking_service.create(interview_id, body)


@bp.delete("/interviews/<uuid:interview_id>/booking")
@endpoint("interviews.update", status=204)
def withdraw(interview_id: UUID):
    """Withdraw the booking link of an interview. A time that is booked stays."""
    interview_booking_service.withdraw(interview_id)


@bp.get("/public/bookings/<string:token>")
@endpoint(PUBLIC, out=PublicBooking, limit="public")
def view(token: str):
    """Get the interview of a booking link, with the time that was chosen."""
    return public_booking_service.view(token)


@bp.get("/public/bookings/<string:token>/slots")
@endpoint(PUBLIC, out=Page[SlotOut], limit="public")
def slots(token: str, query: BookingSlotQuery):
    """List the times on offer, from 12 hours ahead.

    A page has at most 200.
    """
    return public_booking_service.slots(token, query)


@bp.post("/public/bookings/<string:token>")
@endpoint(PUBLIC, out=PublicBooking, limit="public")
def choose(token: str, body: BookingChoice):
    """Choose a time, or another one: twice at most, and 12 hours before the interview at the latest.

    If the time has just been taken, the problem lists others in `slots`.
    """
    return public_booking_service.choose(token, body)


@bp.post("/public/bookings/<string:token>/cancel")
@endpoint(PUBLIC, out=PublicBooking, limit="public")
def cancel(token: str):
    """Cancel the interview, 12 hours before it at the latest."""
    return public_booking_service.cancel(token)
