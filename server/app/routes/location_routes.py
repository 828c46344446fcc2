"""Locations where people work."""

from uuid import UUID

from flask import Blueprint

from app.middleware.endpoint.decorator import endpoint
from app.schemas.lists import Page
from app.schemas.location_schema import LocationCreate, LocationOut, LocationUpdate
from app.services.jobs import location_service

bp = Blueprint("locations", __name__, url_prefix="/locations")


@bp.get("")
@endpoint("jobs.read", out=Page[LocationOut])
def list_all():
    """List locations."""
    return location_service.list_all()


@bp.post("")
@endpoint("departments.update", out=LocationOut, status=201)
def create(body: LocationCreate):
    """Add a location with the address that job boards require."""
    return location_service.create(body)


@bp.patch("/<uuid:location_id>")
@endpoint("departments.update", out=LocationOut)
def update(location_id: UUID, body: LocationUpdate):
    """Update a location."""
    return location_service.update(location_id, body)


@bp.delete("/<uuid:location_id>")
@endpoint("departments.update", status=204)
def delete(location_id: UUID):
    """Delete a location that is not in use."""
    location_service.delete(location_id)
