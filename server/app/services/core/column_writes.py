"""Writes of columns that bypass the ORM and are not waited for: on PostgreSQL they share a round trip.

An error is raised by the next statement that returns a result, or by the commit. The statements must name their tenant
themselves; row security rejects another tenant's rows.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import lru_cache
from typing import Any

from app.extensions import db
from app.models.base import pipelining
from app.services.core.transaction import unit
from app.utils import statements


class QueuedWrite:
    """An INSERT or UPDATE without a result, compiled once per set of columns."""

    def __init__(self, statement: Any) -> None:
        self._statement = statement
        self._prepared = lru_cache(32)(self._compile)  # by column names: rows may leave out columns

    def send(self, *rows: Mapping[str, Any]) -> None:
        """Write `rows` in the open transaction of the session. Inside a use case."""
        unit()  # raises RuntimeError outside a use case
        if not rows:
            return
        connection = db.session.connection()
        if connection.dialect.name != "postgresql":
            connection.execute(self._statement, list(rows))
            return
        driver = connection.connection.dbapi_connection
        for row in rows:
            text, converters = self._prepared(tuple(row))
            statements.count()
            pipelining.defer_statement(
                driver, text, {name: _converted(value, converters[name]) for name, value in row.items()}
            )

    def _compile(self, names: tuple[str, ...]) -> tuple[str, dict[str, Callable[[Any], Any] | None]]:
        dialect = db.engine.dialect
        compiled = self._statement.compile(dialect=dialect, column_keys=list(names))
        # Checked here, because the database's error would appear at a later, unrelated statement.
        if missing := set(compiled.binds) - set(names):
            raise ValueError(f"a row needs a value for {', '.join(sorted(missing))}")
        # Without SQLAlchemy's execution, nothing else converts the values, such as JSON.
        types = {name: parameter.type.dialect_impl(dialect) for name, parameter in compiled.binds.items()}
        return str(compiled), {name: kind.bind_processor(dialect) for name, kind in types.items()}


def _converted(value: Any, converter: Callable[[Any], Any] | None) -> Any:
    return value if converter is None else converter(value)
