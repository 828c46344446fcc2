"""INSERT with ON CONFLICT, which SQLAlchemy defines per dialect."""

from __future__ import annotations

from typing import Any

from sqlalchemy.dialects import postgresql, sqlite

from app.extensions import db


def insert(table: Any) -> Any:
    """Return an insert into `table` in the current dialect."""
    return postgresql.insert(table) if db.engine.dialect.name == "postgresql" else sqlite.insert(table)
