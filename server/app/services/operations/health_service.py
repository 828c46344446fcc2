"""Health checks of the installation's parts."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import sqlalchemy as sa
from sqlalchemy.exc import SQLAlchemyError

from app.extensions import db
from app.services.core import schema_revision
from app.services.events import outbox_service
from app.utils import clock, scope
from app.utils.errors import DomainError
from app.utils.file_store import file_store
from app.utils.redis_client import redis_client

LATE = timedelta(minutes=10)


def check() -> dict[str, Any]:
    """Return the status of each part; Redis being down or late runs do not make the whole unavailable."""
    parts = {"database": _database(), "files": _files()}
    status = "ready" if all(answer == "ok" for answer in parts.values()) else "unavailable"
    # Otherwise there is no outbox to count: the database is down or has no tables yet.
    if parts["database"] in ("ok", "outdated"):
        parts["jobs"] = _jobs()
    if redis_client.configured:
        parts["redis"] = "ok" if redis_client.ping() else "down"
    return {"status": status, "parts": parts}


def _database() -> str:
    try:
        revision = db.session.execute(sa.text("select version_num from alembic_version")).scalar()
    except (SQLAlchemyError, DomainError):
        return "down"
    finally:
        db.session.remove()
    if revision is None:
        return "not migrated"
    return "outdated" if schema_revision.is_outdated(revision) else "ok"


def _jobs() -> str:
    """Return whether events are processed in time.

    Failed runs do not affect readiness; `doctor` and the metrics report them.
    """
    try:
        with scope.platform("the state of the outbox"):
            backlog = outbox_service.backlog()
    except (SQLAlchemyError, DomainError):
        return "unknown"
    finally:
        db.session.remove()
    late = backlog.waiting if backlog.oldest and backlog.oldest < clock.now().timestamp() - LATE.total_seconds() else 0
    counts = {"late": late, "lost": backlog.lost}
    return ", ".join(f"{count} {name}" for name, count in counts.items() if count) or "ok"


def _files() -> str:
    try:
        file_store.check()
    except (OSError, DomainError):
        return "down"
    return "ok"
