"""What answers and what does not."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa
from sqlalchemy.exc import SQLAlchemyError

from app.extensions import db
from app.utils.errors import DomainError
from app.utils.file_store import file_store
from app.utils.redis_client import redis_client


def check() -> dict[str, Any]:
    """The parts by name; Redis may be down and the whole still ready."""
    parts = {"database": _database(), "files": _files()}
    status = "ready" if all(answer == "ok" for answer in parts.values()) else "unavailable"
    if redis_client.configured:
        parts["redis"] = "ok" if redis_client.ping() else "down"
    return {"status": status, "parts": parts}


def _database() -> str:
    try:
        version = db.session.execute(sa.text("select version_num from alembic_version")).scalar()
    except (SQLAlchemyError, DomainError):
        return "down"
    finally:
        db.session.remove()
    return "ok" if version else "not migrated"


def _files() -> str:
    try:
        file_store.check()
    except (OSError, DomainError):
        return "down"
    return "ok"
