"""Locations of the tenant: its places of work."""

from __future__ import annotations

from typing import Any
from uuid import UUID

import sqlalchemy as sa

from app.extensions import db
from app.models import Job, JobTemplate, Location
from app.schemas.lists import Page
from app.schemas.location_schema import LocationCreate, LocationUpdate
from app.services.core import listing, rows
from app.services.core.transaction import use_case
from app.services.events import event_service
from app.utils.errors import Conflict
from app.utils.text import name_key

MAX_LOCATIONS = 1000


def list_all() -> Page[Location]:
    """Return all locations, ordered by name."""
    return listing.single_page(db.session.scalars(sa.select(Location).order_by(Location.key)))


@use_case
def create(new: LocationCreate) -> Location:
    """Add a location."""
    rows.enforce_limit(MAX_LOCATIONS, Location, f"A tenant can have {MAX_LOCATIONS} locations", "too_many_locations")
    location = Location(key=name_key(new.name), **new.model_dump())
    db.session.add(location)
    db.session.flush()  # the event needs the id
    event_service.record("location.created", location)
    return location


@use_case
def update(location_id: UUID, changes: LocationUpdate) -> Location:
    """Update a location; the change applies to its jobs at once."""
    location = rows.lock_row(Location, location_id)
    values: dict[str, Any] = changes.model_dump(exclude_unset=True)
    if "name" in values:
        values["key"] = name_key(values["name"])
    event_service.record("location.updated", location, changed=rows.apply_changes(location, values))
    return location


@use_case
def delete(location_id: UUID) -> None:
    """Delete a location; Conflict if a job or job template uses it, even one that is not visible to the caller."""
    location = rows.lock_for_delete(Location, location_id)
    if rows.is_referenced(Job.location_id, location) or rows.is_referenced(JobTemplate.location_id, location):
        raise Conflict("This location is in use by jobs or job templates.", code="location_in_use")
    event_service.record("location.deleted", location)
    db.session.delete(location)
