"""SQLite loses a table's triggers when a batch migration copies the table; this brings them back."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import sqlalchemy as sa
from alembic import op

FOUND = sa.text("select sql from sqlite_master where type = 'trigger' and tbl_name = :table")


@contextmanager
def kept_triggers(table: str) -> Iterator[None]:
    """Around a batch migration of `table`; on PostgreSQL nothing is to be done."""
    bind = op.get_bind()
    if bind.dialect.name != "sqlite":
        yield
        return
    kept = bind.scalars(FOUND, {"table": table}).all()
    yield
    present = set(bind.scalars(FOUND, {"table": table}))
    for statement in kept:
        if statement not in present:
            bind.exec_driver_sql(statement)
