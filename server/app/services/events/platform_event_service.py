"""Platform events: actions of platform administrators and operators, stored outside any tenant."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa

from app.extensions import db
from app.models import PlatformEvent
from app.schemas.lists import Page
from app.schemas.platform_schema import PlatformEventQuery
from app.services.core import listing
from app.services.events import event_service
from app.utils import scope


def list_events(query: PlatformEventQuery) -> Page[PlatformEvent]:
    """List the platform events, filtered, newest first."""
    statement = sa.select(PlatformEvent)
    return listing.paginate(statement, PlatformEvent, query)


def record_in_both(type: str, subject: Any, *, reason: str | None = None, **data: Any) -> None:
    """Record an action on `subject` in the ledger of the bound tenant and in the platform events. Inside a use case."""
    event_service.record(type, subject, reason=reason, **data)
    record(type, subject, reason=reason, **data)


def record(type: str, subject: Any, *, reason: str | None = None, **data: Any) -> None:
    """Record an action of the bound actor on `subject`, inside a use case; `data` must not contain personal data."""
    actor = scope.actor()
    db.session.add(
        PlatformEvent(
            type=type,
            actor_kind=actor.kind,
            actor_id=actor.id,
            subject_type=subject.__tablename__,
            subject_id=subject.id,
            data=data,
            reason=reason,
            request_id=actor.request_id,
        )
    )
