"""Saved searches: filters take several values, and dates are named by their bound.

Revision ID: 0050
Revises: 0049
"""

from __future__ import annotations

import json
from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0050"
down_revision = "0049"
branch_labels = None
depends_on = None

SEVERAL = ("status", "owner_id", "tag_id", "pool_id", "source")
RENAMED = {"created_after": "created_at_gt"}
SEARCHES = sa.table("saved_searches", sa.column("id"), sa.column("query", sa.JSON))


def upgrade() -> None:
    _each(_with_lists)


def downgrade() -> None:
    _each(_with_single_values)


def _each(change: Any) -> None:
    connection = op.get_bind()
    if op.get_context().as_sql:
        return  # there are no rows to read
    for search_id, query in connection.execute(sa.select(SEARCHES.c.id, SEARCHES.c.query)).all():
        query = json.loads(query) if isinstance(query, str) else query
        changed = change(query)
        if changed != query:
            connection.execute(sa.update(SEARCHES).where(SEARCHES.c.id == search_id).values(query=changed))


def _with_lists(query: dict[str, Any]) -> dict[str, Any]:
    named = {RENAMED.get(name, name): value for name, value in query.items()}
    return {
        name: [value] if name in SEVERAL and value is not None and not isinstance(value, list) else value
        for name, value in named.items()
    }


def _with_single_values(query: dict[str, Any]) -> dict[str, Any]:
    """Return the query with the first of several values, which is all that the earlier version knows."""
    before = {new: old for old, new in RENAMED.items()}
    return {
        before.get(name, name): value[0] if name in SEVERAL and isinstance(value, list) else value
        for name, value in query.items()
        if not name.startswith(("created_at_", "available_from_")) or name in before
    }
