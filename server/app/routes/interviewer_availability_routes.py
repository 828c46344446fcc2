"""Availability of interviewers."""

from uuid import UUID

from flask import Blueprint

from app.middleware.endpoint.decorator import endpoint
from app.schemas.interviewer_availability_schema import AvailabilityIn, AvailabilityOut, SlotOut, SlotQuery
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


@bp.get("/interview-slots")
@endpoint("interviews.read", out=Page[SlotOut])
def free_slots(query: SlotQuery):
    """List time slots in which all users are available.

    A page has at most 200 slots.
    """
    return interviewer_availability_service.free_slots(query)
