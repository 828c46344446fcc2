"""How connections begin: PostgreSQL hears the tenant in the same trip, SQLite takes its write lock at once."""

from __future__ import annotations

import sqlite3
from typing import Any

import sqlalchemy as sa
from sqlalchemy import event

from app.models.tenancy import database_settings
from app.utils import statements
from app.utils.errors import Unavailable

SQLITE_PRAGMAS = (
    "pragma foreign_keys = on",
    "pragma journal_mode = wal",
    "pragma synchronous = normal",
    "pragma busy_timeout = 30000",
)


def configure(engine: sa.Engine, refuse_superuser: bool) -> None:
    """Attach the listeners that every engine of the application needs; production refuses a superuser's role."""
    event.listen(engine, "before_cursor_execute", _count)
    if engine.dialect.name == "sqlite":
        event.listen(engine, "connect", _connect_sqlite)
        event.listen(engine, "begin", _begin_sqlite)
    else:
        event.listen(engine, "connect", _connect_postgresql)
        if refuse_superuser:
            event.listen(engine, "connect", _refuse_superuser)
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


def _refuse_superuser(connection: Any, record: Any) -> None:
    """Row security does not bind such a role, so the second wall would not stand."""
    bypasses = connection.execute(
        "select rolsuper or rolbypassrls from pg_roles where rolname = current_user"
    ).fetchone()
    if bypasses is not None and bypasses[0]:
        raise Unavailable("The database role bypasses row security; use an ordinary role.", code="superuser_refused")


def _begin_postgresql(connection: sa.Connection) -> None:
    statements.count()
    driver: Any = connection.connection.dbapi_connection
    driver.execute(f"begin; {database_settings()}", prepare=False)


def _savepoint_postgresql(connection: sa.Connection, name: str) -> None:
    """Inside a savepoint the setting may differ from the one the transaction began with."""
    driver: Any = connection.connection.dbapi_connection
    driver.execute(database_settings(), prepare=False)
