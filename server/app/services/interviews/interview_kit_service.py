"""Interview kits: guide, length and rubric of an interview."""

from __future__ import annotations

from typing import Any
from uuid import UUID

import sqlalchemy as sa

from app.extensions import db
from app.models import Interview, InterviewKit
from app.schemas.interview_kit_schema import InterviewKitCreate, InterviewKitUpdate
from app.schemas.lists import Page
from app.services.core import listing, rows
from app.services.core.transaction import use_case
from app.services.events import event_service
from app.utils.errors import Conflict
from app.utils.text import name_key

MAX_KITS = 200


def list_all() -> Page[InterviewKit]:
    """Return all kits, ordered by name."""
    return listing.single_page(db.session.scalars(sa.select(InterviewKit).order_by(InterviewKit.key)))


def get(kit_id: UUID) -> InterviewKit:
    """Return a kit."""
    return rows.get(InterviewKit, kit_id)


@use_case
def create(new: InterviewKitCreate) -> InterviewKit:
    """Add a kit."""
    rows.enforce_limit(MAX_KITS, InterviewKit, f"A tenant can have {MAX_KITS} interview kits", "too_many_kits")
    kit = InterviewKit(key=name_key(new.name), **new.model_dump(mode="json"))
    db.session.add(kit)
    db.session.flush()  # the event needs the id
    event_service.record("interview_kit.created", kit)
    return kit


@use_case
def update(kit_id: UUID, changes: InterviewKitUpdate, if_match: int | None) -> InterviewKit:
    """Update a kit; existing interviews keep their rubric."""
    kit = rows.lock_for_update(InterviewKit, kit_id, if_match)
    # Not `exclude_unset`, which would also drop defaults within the items of the rubric.
    values: dict[str, Any] = changes.model_dump(mode="json", include=changes.model_fields_set)
    if "name" in values:
        values["key"] = name_key(values["name"])
    event_service.record("interview_kit.updated", kit, changed=rows.apply_changes(kit, values))
    return kit


@use_case
def delete(kit_id: UUID) -> None:
    """Delete a kit; Conflict if an interview uses it."""
    kit = rows.lock_for_update(InterviewKit, kit_id)
    if rows.is_referenced(Interview.kit_id, kit):
        raise Conflict("This kit is in use by interviews.", code="kit_in_use")
    event_service.record("interview_kit.deleted", kit)
    db.session.delete(kit)
