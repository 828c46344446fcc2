"""Memberships: rows that only link two records; adding and removing them is idempotent."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa

from app.extensions import db
from app.services.core import rows, upsert
from app.services.core.transaction import mark_deleted


def add(model: Any, **pair: Any) -> bool:
    """Link the pair; False if it was already linked. Inside a use case."""
    # Two requests may add the pair at once: a check before the insert would not see the other's row.
    statement = upsert.insert(model.__table__).values(rows.new_row(**pair)).on_conflict_do_nothing()
    result: Any = db.session.execute(statement)
    return bool(result.rowcount)


def remove(model: Any, **pair: Any) -> bool:
    """Unlink the pair; False if it was not linked. Inside a use case."""
    result: Any = db.session.execute(sa.delete(model).filter_by(**pair))
    mark_deleted()
    return bool(result.rowcount)
