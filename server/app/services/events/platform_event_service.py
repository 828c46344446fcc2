"""What platform administrators and operators did, kept apart from any tenant."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa

from app.extensions import db
from app.models import PlatformEvent
from app.schemas.common import Page
from app.schemas.platform_schema import PlatformEventQuery
from app.services.core import listing
from app.services.events import event_service
from app.utils import scope


def list_events(query: PlatformEventQuery) -> Page[PlatformEvent]:
    """The acts, the newest first, filtered."""
    statement = sa.select(PlatformEvent)
    for name in ("actor_id", "subject_id", "type"):
        if (value := getattr(query, name)) is not None:
            statement = statement.where(getattr(PlatformEvent, name) == value)
    return listing.paginate(statement, PlatformEvent, query)


def record_in_both(type: str, subject: Any, *, reason: str | None = None, **data: Any) -> None:
    """Write what the bound actor did to `subject` in the ledger of the bound tenant and in the platform's."""
    event_service.record(type, subject, reason=reason, **data)
    record(type, subject, reason=reason, **data)


def record(type: str, subject: Any, *, reason: str | None = None, **data: Any) -> None:
    """Write, in this transaction, what the bound actor did to `subject`; `data` holds no personal data."""
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
