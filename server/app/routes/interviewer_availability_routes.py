"""Availability of interviewers."""

from uuid import UUID

from flask import Blueprint

from app.middleware.endpoint.decorator import endpoint
from app.schemas.interviewer_availability_schema import (
    AvailabilityIn,
    AvailabilityOut,
    PauseCreate,
    PauseOut,
    SlotOut,
    SlotQuery,
)
from app.schemas.lists import Page
from app.services.interviews import interviewer_availability_service

bp = Blueprint("interviewer_availabilities", __name__)


@bp.get("/users/<uuid:user_id>/availability")
@endpoint("interviews.read", out=AvailabilityOut)
def get(user_id: UUID):
    """Get a user's weekly availability for interviews."""
    return interviewer_availability_service.get(user_id)


@bp.put("/users/<uuid:user_id>/availability")
@endpoint("availability.update", out=AvailabilityOut)
def put(user_id: UUID, body: AvailabilityIn):
    """Set a user's weekly availability for interviews."""
    return interviewer_availability_service.put(user_id, body)


@bp.get("/users/<uuid:user_id>/pauses")
@endpoint("interviews.read", out=Page[PauseOut])
def list_pauses(user_id: UUID):
    """List the times in which a user takes no interviews, and that are not over."""
    return interviewer_availability_service.list_pauses(user_id)


@bp.post("/users/<uuid:user_id>/pauses")
@endpoint("availability.update", out=PauseOut, status=201)
def add_pause(user_id: UUID, body: PauseCreate):
    """Add a time in which a user takes no interviews. Scheduled ones stay."""
    return interviewer_availability_service.add_pause(user_id, body)


@bp.delete("/interviewer-pauses/<uuid:pause_id>")
@endpoint("availability.update", status=204)
def delete_pause(pause_id: UUID):
    """Delete a pause."""
    interviewer_availability_service.delete_pause(pause_id)


@bp.get("/interview-slots")
@endpoint("interviews.read", out=Page[SlotOut])
def free_slots(query: SlotQuery):
    """List time slots in which all users are available.

    A page has at most 200 slots.
    """
    return interviewer_availability_service.free_slots(query)
