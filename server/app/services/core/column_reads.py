"""Columns straight from the tables, past the ORM: the short way for hot reads.

These statements name their tenant themselves; the guards of the ORM do not see them, row security does.
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
    """The rows as mappings; inside a transaction of the session with what that has written."""
    if _joins_session():
        found = db.session.connection().execute(statement, parameters)
        return list(found.mappings())
    with reading(db.engine).connect() as connection:
        return list(connection.execute(statement, parameters).mappings())


class PreparedRead:
    """A select with named parameters, compiled once; on PostgreSQL it goes to the driver without a detour."""

    def __init__(self, statement: sa.Select[Any]) -> None:
        self._statement = statement

    def rows(self, **parameters: Any) -> Sequence[Mapping[Any, Any]]:
        """All rows as mappings; inside a transaction of the session with what that has written."""
        if db.engine.dialect.name == "postgresql" and not _joins_session():
            return self._read_postgresql(parameters)
        return read_rows(self._statement, parameters)

    def _read_postgresql(self, parameters: dict[str, Any]) -> Sequence[Mapping[Any, Any]]:
        statements.count()
        pooled = db.engine.raw_connection()
        try:
            driver: Any = pooled.dbapi_connection
            cursor = driver.cursor(row_factory=dict_row)
            text, fixed = self._compiled
            execute_with_settings(cursor, text, fixed | parameters)
            found: list[dict[str, Any]] = cursor.fetchall()
            return found
        except psycopg.OperationalError as error:
            transaction.forget_lost(error)
            raise
        finally:
            pooled.close()

    @cached_property
    def _compiled(self) -> tuple[str, dict[str, Any]]:
        """The text, and the parameters that the statement itself brings."""
        compiled = self._statement.compile(dialect=db.engine.dialect)
        fixed = {name: value for name, value in compiled.params.items() if value is not None}
        return str(compiled), {name: value.value if isinstance(value, Enum) else value for name, value in fixed.items()}


@contextmanager
def snapshot() -> Iterator[sa.Connection]:
    """A connection on which every read sees the same moment, however long it takes."""
    if not isinstance(db.engine, sa.Engine):
        yield db.engine
        return
    with db.engine.execution_options(snapshot=True).connect() as connection:
        yield connection


def _joins_session() -> bool:
    """Whether the session has a transaction open, or the application is bound to one connection."""
    session = open_session()
    return (session is not None and session.in_transaction()) or not isinstance(db.engine, sa.Engine)
