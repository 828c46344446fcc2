"""Rows that say only that two things belong together: added and removed as often as one likes."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa

from app.extensions import db
from app.services.core import rows, upsert
from app.services.core.transaction import mark_deleted


def add(model: Any, **pair: Any) -> bool:
    """Make the pair belong together; False where it did already. Inside a use case."""
    statement = upsert.insert(model.__table__).values(rows.new_row(**pair)).on_conflict_do_nothing()
    result: Any = db.session.execute(statement)
    return bool(result.rowcount)


def remove(model: Any, **pair: Any) -> bool:
    """Take the pair apart; False where it did not belong together. Inside a use case."""
    result: Any = db.session.execute(sa.delete(model).filter_by(**pair))
    mark_deleted()
    return bool(result.rowcount)
