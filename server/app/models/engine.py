"""How connections begin: PostgreSQL hears the tenant in the same trip, SQLite takes its write lock at once."""

from __future__ import annotations

import sqlite3
from typing import Any

import sqlalchemy as sa
from sqlalchemy import event

from app.models.tenancy import database_settings
from app.utils import statements

SQLITE_PRAGMAS = (
    "pragma foreign_keys = on",
    "pragma journal_mode = wal",
    "pragma synchronous = normal",
    "pragma busy_timeout = 30000",
)


def configure(engine: sa.Engine) -> None:
    """Attach the listeners that every engine of the application needs."""
    event.listen(engine, "before_cursor_execute", _count)
    if engine.dialect.name == "sqlite":
        event.listen(engine, "connect", _connect_sqlite)
        event.listen(engine, "begin", _begin_sqlite)
    else:
        event.listen(engine, "connect", _connect_postgresql)
        event.listen(engine, "begin", _begin_postgresql)
        event.listen(engine, "savepoint", _savepoint_postgresql)


def _count(connection: sa.Connection, *args: Any) -> None:
    statements.count()


def _connect_sqlite(connection: sqlite3.Connection, record: Any) -> None:
    connection.isolation_level = None
    for pragma in SQLITE_PRAGMAS:
        connection.execute(pragma)


def _begin_sqlite(connection: sa.Connection) -> None:
    """A use case waits for the write lock before it reads, so that no lock upgrade can fail half-way."""
    write = connection.get_execution_options().get("write")
    connection.exec_driver_sql("begin immediate" if write else "begin")


def _connect_postgresql(connection: Any, record: Any) -> None:
    """Leave BEGIN to us (`_begin_postgresql`), so that it can carry the tenant's setting."""
    connection.autocommit = True


def _begin_postgresql(connection: sa.Connection) -> None:
    statements.count()
    driver: Any = connection.connection.dbapi_connection
    driver.execute(f"begin; {database_settings()}", prepare=False)


def _savepoint_postgresql(connection: sa.Connection, name: str) -> None:
    """Inside a savepoint the setting may differ from the one the transaction began with."""
    driver: Any = connection.connection.dbapi_connection
    driver.execute(database_settings(), prepare=False)
