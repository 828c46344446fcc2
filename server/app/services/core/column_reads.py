"""Reads of columns that bypass the ORM, for hot paths.

The statements must filter by tenant themselves: the ORM's tenant isolation does not apply to them, row security does.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from enum import Enum
from functools import cached_property
from typing import Any

import psycopg
import sqlalchemy as sa
from psycopg.rows import dict_row

from app.extensions import db, open_session, reading
from app.models.base.engine import execute_with_settings
from app.services.core import transaction
from app.utils import statements


def read_rows(statement: Any, parameters: dict[str, Any]) -> Sequence[Mapping[Any, Any]]:
    """Return the rows as mappings. An open transaction of the session is joined, so its writes are visible."""
    if _joins_session():
        found = db.session.connection().execute(statement, parameters)
        return list(found.mappings())
    with reading(db.engine).connect() as connection:
        return list(connection.execute(statement, parameters).mappings())


class PreparedRead:
    """A select with named parameters, compiled once; on PostgreSQL it is passed directly to the driver."""

    def __init__(self, statement: sa.Select[Any]) -> None:
        self._statement = statement

    def rows(self, **parameters: Any) -> Sequence[Mapping[Any, Any]]:
        """Return all rows as mappings. An open transaction of the session is joined, so its writes are visible."""
        if db.engine.dialect.name == "postgresql" and not _joins_session():
            return self._read_postgresql(parameters)
        return read_rows(self._statement, parameters)

    def _read_postgresql(self, parameters: dict[str, Any]) -> Sequence[Mapping[Any, Any]]:
        # The read itself; `execute_with_settings` counts the settings.
        statements.count()
        pooled = db.engine.raw_connection()
        try:
            driver: Any = pooled.dbapi_connection
            cursor = driver.cursor(row_factory=dict_row)
            text, fixed = self._compiled
            execute_with_settings(cursor, text, fixed | parameters)
            found: list[dict[str, Any]] = cursor.fetchall()
            return found
        # SQLAlchemy notices lost connections only in its own statements.
        except psycopg.OperationalError as error:
            transaction.forget_lost(error)
            raise
        finally:
            pooled.close()  # returns the connection to the pool

    @cached_property
    def _compiled(self) -> tuple[str, dict[str, Any]]:
        """The SQL text and the values of the parameters that are fixed in the statement."""
        compiled = self._statement.compile(dialect=db.engine.dialect)
        # Named parameters have no value yet: they are None here.
        fixed = {name: value for name, value in compiled.params.items() if value is not None}
        # psycopg gets plain values: SQLAlchemy's types do not convert them here.
        return str(compiled), {name: value.value if isinstance(value, Enum) else value for name, value in fixed.items()}


@contextmanager
def snapshot() -> Iterator[sa.Connection]:
    """Open a connection on which all reads see the same snapshot of the data."""
    # Bound to a single connection, as in tests: its transaction is open already.
    if not isinstance(db.engine, sa.Engine):
        yield db.engine
        return
    with db.engine.execution_options(snapshot=True).connect() as connection:
        yield connection


def _joins_session() -> bool:
    """Return whether the session has an open transaction, or the application is bound to a single connection."""
    session = open_session()
    return (session is not None and session.in_transaction()) or not isinstance(db.engine, sa.Engine)
