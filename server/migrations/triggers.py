"""Restores triggers that SQLite drops when a batch migration copies a table."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import sqlalchemy as sa
from alembic import op

FOUND = sa.text("select sql from sqlite_master where type = 'trigger' and tbl_name = :table")


@contextmanager
def kept_triggers(table: str) -> Iterator[None]:
    """Preserve the triggers of `table` during a batch migration in the block; no effect on PostgreSQL."""
    bind = op.get_bind()
    if bind.dialect.name != "sqlite":
        yield
        return
    kept = bind.scalars(FOUND, {"table": table}).all()
    yield
    # A batch migration that needed no copy has dropped none.
    present = set(bind.scalars(FOUND, {"table": table}))
    for statement in kept:
        if statement not in present:
            bind.exec_driver_sql(statement)
