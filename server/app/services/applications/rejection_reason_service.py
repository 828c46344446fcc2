"""Rejection reasons: why applications end, as the tenant defines them."""

from __future__ import annotations

from typing import Any
from uuid import UUID

import sqlalchemy as sa

from app.extensions import db
from app.models import Application, RejectionReason
from app.models.rejection_reason import ReasonKind
from app.schemas.lists import Page
from app.schemas.rejection_reason_schema import RejectionReasonCreate, RejectionReasonUpdate
from app.services.core import listing, rows
from app.services.core.transaction import use_case
from app.services.events import event_service
from app.utils.errors import Conflict, Invalid
from app.utils.text import name_key

MAX_REASONS = 200
KINDS = {"reject": ReasonKind.REJECTED, "withdraw": ReasonKind.WITHDRAWN}  # other actions accept no reason_id


def list_all() -> Page[RejectionReason]:
    """Return all reasons, ordered by kind and name."""
    order = (RejectionReason.kind, RejectionReason.key)
    return listing.single_page(db.session.scalars(sa.select(RejectionReason).order_by(*order)))


def named(reason_id: UUID | None, action: str) -> RejectionReason | None:
    """Return the reason given for an action; Conflict if it is inactive, Invalid if it belongs to another action."""
    if reason_id is None:
        return None
    reason = rows.get(RejectionReason, reason_id)
    if not reason.is_active:
        raise Conflict("This reason is inactive. Choose another.", code="reason_not_active")
    if KINDS.get(action) != reason.kind:
        wrong = {"pointer": "/reason_id", "code": "other_kind", "detail": f"is only for {reason.kind} applications"}
        raise Invalid("This reason cannot be used for this action.", code="other_kind", errors=[wrong])
    return reason


@use_case
def create(new: RejectionReasonCreate) -> RejectionReason:
    """Add a reason."""
    rows.enforce_limit(MAX_REASONS, RejectionReason, f"A tenant can have {MAX_REASONS} reasons", "too_many_reasons")
    reason = RejectionReason(key=name_key(new.name), **new.model_dump())
    db.session.add(reason)
    db.session.flush()  # the event needs the id
    event_service.record("rejection_reason.created", reason)
    return reason


@use_case
def update(reason_id: UUID, changes: RejectionReasonUpdate) -> RejectionReason:
    """Rename, deactivate or reactivate a reason."""
    reason = rows.lock_row(RejectionReason, reason_id)
    values: dict[str, Any] = changes.model_dump(exclude_unset=True)
    if "name" in values:
        values["key"] = name_key(values["name"])
    event_service.record("rejection_reason.updated", reason, changed=rows.apply_changes(reason, values))
    return reason


@use_case
def delete(reason_id: UUID) -> None:
    """Delete a reason; Conflict if an application uses it (deactivate it instead)."""
    reason = rows.lock_row(RejectionReason, reason_id)
    if rows.is_referenced(Application.rejection_reason_id, reason):
        raise Conflict("Applications use this reason. Make it inactive instead.", code="reason_in_use")
    event_service.record("rejection_reason.deleted", reason)
    db.session.delete(reason)
