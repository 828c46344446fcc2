"""Engine hooks: send the tenant's setting to PostgreSQL, and begin SQLite use cases with the write lock.

A session that only reads opens no transaction on PostgreSQL, except for a server-side cursor: each statement is sent
with the tenant's setting in one round trip, and both run in one implicit transaction (PostgreSQL 15, 55.2.3.1 and
55.2.4, pipelining).
"""

from __future__ import annotations

import sqlite3
from typing import Any

import orjson
import psycopg
import sqlalchemy as sa
from psycopg.pq import TransactionStatus
from psycopg.types.json import set_json_loads
from sqlalchemy import event

from app.models.base import pipelining
from app.models.base.tenancy import SETTINGS, database_settings
from app.utils import statements
from app.utils.errors import Unavailable

SQLITE_PRAGMAS = (
    "pragma foreign_keys = on",  # SQLite does not enforce foreign keys by default
    "pragma journal_mode = wal",  # readers do not wait for the writer
    "pragma synchronous = normal",  # with WAL, a power failure can lose the last commits but not corrupt the file
    "pragma busy_timeout = 30000",  # milliseconds to wait for the write lock
    "pragma secure_delete = on",  # overwrite erased data in free pages
)


def configure(engine: sa.Engine, refuse_superuser: bool) -> None:
    """Attach the application's listeners to `engine`; with `refuse_superuser`, roles that bypass row security fail."""
    event.listen(engine, "before_cursor_execute", statements.count)
    if engine.dialect.name == "sqlite":
        event.listen(engine, "connect", _connect_sqlite)
        event.listen(engine, "begin", _begin_sqlite)
    else:
        event.listen(engine, "connect", _connect_postgresql)
        if refuse_superuser:
            event.listen(engine, "connect", _refuse_superuser)
        event.listen(engine, "begin", _begin_postgresql)
        event.listen(engine, "savepoint", _savepoint_postgresql)
        pipelining.install(engine)
        # After pipelining: until a deferred BEGIN is sent, the connection looks as if it were outside a transaction.
        event.listen(engine, "do_execute", _read_postgresql)


def _connect_sqlite(connection: sqlite3.Connection, record: Any) -> None:
    connection.isolation_level = None  # leave BEGIN to `_begin_sqlite`
    for pragma in SQLITE_PRAGMAS:
        connection.execute(pragma)
    # SQLite lacks these two functions of PostgreSQL, which phrase searches use.
    # SQLite's own knows ASCII only: "Änne" would not be found by "änne", unlike on PostgreSQL.
    connection.create_function("lower", 1, lambda text: text if text is None else str(text).lower(), deterministic=True)
    connection.create_function("strpos", 2, lambda text, part: text.find(part) + 1, deterministic=True)
    connection.create_function("split_part", 3, _split_part, deterministic=True)


def _split_part(text: str, by: str, number: int) -> str:
    """Implement PostgreSQL's `split_part` for SQLite."""
    parts = text.split(by)
    return parts[number - 1] if number <= len(parts) else ""  # empty beyond the last part, as in PostgreSQL


def _begin_sqlite(connection: sa.Connection) -> None:
    """Take the write lock at the start of a use case, before it reads, so that no lock upgrade can fail later."""
    write = connection.get_execution_options().get("write")
    connection.exec_driver_sql("begin immediate" if write else "begin")  # a plain BEGIN takes no lock until it writes


def _connect_postgresql(connection: Any, record: Any) -> None:
    """Turn on autocommit: `_begin_postgresql` sends BEGIN if a transaction is needed."""
    connection.autocommit = True
    # Hot reads bypass SQLAlchemy and its JSON deserializer.
    set_json_loads(orjson.loads, connection)


def _refuse_superuser(connection: Any, record: Any) -> None:
    """Raise Unavailable if the role bypasses row security, since tenant isolation would then rest on the ORM alone."""
    bypasses = connection.execute(
        "select rolsuper or rolbypassrls from pg_roles where rolname = current_user"
    ).fetchone()
    if bypasses is not None and bypasses[0]:
        raise Unavailable("The database role bypasses row security; use an ordinary role.", code="superuser_refused")


def _begin_postgresql(connection: sa.Connection) -> None:
    """Begin a transaction without waiting for it in a use case; reads send their settings with each statement."""
    options = connection.get_execution_options()
    driver: Any = connection.connection.dbapi_connection
    if options.get("write"):
        statements.count()
        pipelining.defer_statement(driver, "begin")
        pipelining.defer_statement(driver, SETTINGS, database_settings())
    elif options.get("snapshot"):
        # All statements see one state of the database, so that the references in an export are complete.
        _begin(driver, "begin isolation level repeatable read, read only")
        driver.execute("set local statement_timeout = 0")  # exporting a large tenant takes long
        driver.execute("set local idle_in_transaction_session_timeout = 0")  # so does writing what was read
    elif not options.get("reading"):
        _begin(driver)


def _begin(driver: Any, begin: str = "begin") -> None:
    statements.count()
    driver.execute(begin)  # with autocommit, psycopg adds no BEGIN of its own
    driver.execute(SETTINGS, database_settings())


def _read_postgresql(cursor: Any, statement: str, parameters: Any, context: Any) -> bool:
    """Outside a transaction, send the settings and the statement in one round trip; return True if it was executed."""
    driver = cursor.connection
    # Inside a transaction, the settings were sent with BEGIN.
    if driver.pgconn.transaction_status != TransactionStatus.IDLE:
        return False
    if isinstance(cursor, psycopg.ServerCursor):  # requires a transaction
        _begin(driver)
        return False
    execute_with_settings(cursor, statement, parameters)
    return True


def execute_with_settings(cursor: Any, statement: str, parameters: Any) -> None:
    """Execute one statement with the settings in one round trip, on a psycopg cursor outside a transaction."""
    statements.count()
    driver = cursor.connection
    with pipelining.one_piece(driver) as pipeline, pipelining.sent_together(pipeline):
        driver.execute(SETTINGS, database_settings())
        cursor.execute(statement, parameters)


def _savepoint_postgresql(connection: sa.Connection, name: str) -> None:
    """Send the settings again: inside a savepoint they may differ from those at the start of the transaction."""
    driver: Any = connection.connection.dbapi_connection
    # The settings bypass the listeners, so a deferred BEGIN must be sent first.
    pipelining.settle(driver)
    driver.execute(SETTINGS, database_settings())
