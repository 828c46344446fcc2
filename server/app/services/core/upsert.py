"""INSERT with ON CONFLICT, which both databases have and SQLAlchemy keeps in their dialects."""

from __future__ import annotations

from typing import Any

from sqlalchemy.dialects import postgresql, sqlite

from app.extensions import db


def insert(table: Any) -> Any:
    """The insert of the dialect in use."""
    return postgresql.insert(table) if db.engine.dialect.name == "postgresql" else sqlite.insert(table)
