"""Transactions: `@use_case` opens or joins one. The only module that commits or rolls back."""

from __future__ import annotations

import random
import time
from collections.abc import Callable
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import wraps
from typing import Any, Iterator, ParamSpec, TypeVar, overload

import psycopg
import structlog
from sqlalchemy import Engine, event
from sqlalchemy.exc import DBAPIError, IntegrityError, OperationalError, PendingRollbackError, SQLAlchemyError
from sqlalchemy.exc import TimeoutError as PoolTimeout
from sqlalchemy.orm import ORMExecuteState, Session, UOWTransaction

from app.extensions import db
from app.models.base import pipelining
from app.services.core.constraint_errors import error_for
from app.utils.errors import DomainError, Unavailable

P = ParamSpec("P")
R = TypeVar("R")
log = structlog.get_logger()

LOST_SQLSTATES = {"57P01", "57P02", "57P03", "08003", "08006"}  # shut down, crashed, starting, connection gone
UNAVAILABLE_CLASSES = {"08", "53", "57"}  # connection, resources, operator intervention
UNAVAILABLE_SQLSTATES = {"55P03", "25006", "25P03", "40001", "40P01"}  # lock timeout, read-only, idle, contention
RETRIES = 2
RETRYABLE_SQLSTATES = {"40001", "40P01"}  # serialization failure, deadlock (PostgreSQL, appendix A)


@dataclass
class UnitOfWork:
    """What a use case collects until its commit."""

    events: list[Any] = field(default_factory=list)
    usage: dict[str, int] = field(default_factory=dict)
    enqueued: list[dict[str, Any]] = field(default_factory=list)
    deleted: bool = False  # whether rows were deleted: changes the meaning of foreign key errors
    after_commit: list[Callable[[], None]] = field(default_factory=list)
    on_rollback: list[Callable[[], None]] = field(default_factory=list)
    on_conflict: list[Callable[[DomainError], None]] = field(default_factory=list)  # add to what the caller is told


_before_commit: list[Callable[[UnitOfWork], None]] = []


def before_commit(closer: Callable[[UnitOfWork], None]) -> Callable[[UnitOfWork], None]:
    """Register a function that runs at the end of each unit of work, just before its commit, such as the ledger's."""
    _before_commit.append(closer)
    return closer


def unit() -> UnitOfWork:
    """Return the open unit of work; RuntimeError outside a use case."""
    current: UnitOfWork | None = db.session.info.get("unit")
    if current is None:
        raise RuntimeError("this belongs inside a @use_case")
    return current


@overload
def use_case(function: Callable[P, R]) -> Callable[P, R]: ...
@overload
def use_case(*, retries: int = RETRIES) -> Callable[[Callable[P, R]], Callable[P, R]]: ...
def use_case(function: Any = None, *, retries: int = RETRIES) -> Any:
    """Run the function in a transaction: join an open one, otherwise commit at the end or roll back on an error.

    `retries` is how often the outermost call is repeated after a deadlock or serialization failure.
    """

    def decorate(inner: Callable[P, R]) -> Callable[P, R]:
        @wraps(inner)
        def run(*args: P.args, **kwargs: P.kwargs) -> R:
            if db.session.info.get("unit") is not None:
                return inner(*args, **kwargs)
            return _run_outermost(lambda: inner(*args, **kwargs), retries)

        return run

    return decorate(function) if function else decorate


def _run_outermost(call: Callable[[], R], retries: int) -> R:
    for attempt in range(retries + 1):
        try:
            with _transaction():
                return call()
        except DBAPIError as error:
            if attempt == retries or getattr(error.orig, "sqlstate", None) not in RETRYABLE_SQLSTATES:
                raise
            time.sleep(random.uniform(0, 0.05 * 2**attempt))  # random, so that the same transactions do not meet again
    raise Unavailable("The database is busy. Try again.")  # not reached: the last attempt raises


@contextmanager
def _transaction() -> Iterator[None]:
    session = db.session()
    if session.in_transaction():
        session.commit()  # ends a read; nothing is pending outside a use case
    current = UnitOfWork()
    session.info["unit"] = current
    committing = False
    try:
        # On SQLite, this takes the write lock before the first read; on PostgreSQL, BEGIN waits for the next statement.
        session.connection(execution_options={"write": True})
        yield
        # Before the closers, so that the tenant's counter is locked after all other writes.
        session.flush()
        for closer in _before_commit:
            closer(current)
        committing = True
        session.commit()
    except IntegrityError as error:
        _undo(session, current)
        refusal = error_for(error, current.deleted)
        for explain in current.on_conflict:
            explain(refusal)
        session.rollback()  # ends what they have read
        raise refusal from error
    except BaseException as error:
        if forget_lost(error) and committing:  # the commit may have succeeded: keep what it needs, such as files
            current.on_rollback.clear()
        _undo(session, current)
        raise
    finally:
        session.info.pop("unit", None)
    _after_commit(session, current)


def _undo(session: Session, failed: UnitOfWork) -> None:
    try:
        session.rollback()
    except (SQLAlchemyError, psycopg.Error) as error:  # the connection is lost; report the original error
        log.warning("rollback failed", error=type(error).__name__)
    for callback in failed.on_rollback:
        callback()


def _after_commit(session: Session, done: UnitOfWork) -> None:
    if done.deleted:
        # The session does not expire at commits, and does not know which rows the database deleted along (cascades).
        session.expire_all()
    for callback in done.after_commit:
        callback()


def end_read() -> None:
    """Return the connection to the pool before slow work; does nothing inside a use case."""
    session = db.session()
    if session.info.get("unit") is None:
        session.commit()  # nothing is pending outside a use case


def on_rollback(callback: Callable[[], None]) -> None:
    """Call `callback` if the open use case fails, to undo changes outside the database.

    Does nothing outside a use case: the caller cleans up itself.
    """
    current: UnitOfWork | None = db.session.info.get("unit")
    if current is not None:
        current.on_rollback.append(callback)


def mark_deleted() -> None:
    """Note that a statement deleted rows without the ORM, so that the session is expired after the commit."""
    unit().deleted = True


@event.listens_for(Session, "before_flush")
def _note_deletes(session: Session, flush: UOWTransaction, instances: Any) -> None:
    current = session.info.get("unit")
    if current is None:
        raise RuntimeError("writes belong inside a @use_case")
    if session.deleted:
        current.deleted = True


@event.listens_for(Session, "do_orm_execute")
def _refuse_writes_outside(state: ORMExecuteState) -> None:
    if (state.is_insert or state.is_update or state.is_delete) and "unit" not in state.session.info:
        raise RuntimeError("writes belong inside a @use_case")


@event.listens_for(Session, "before_commit")
def _settle(session: Session) -> None:
    """Wait for deferred statements before a savepoint ends: after that, their errors could not be rolled back."""
    if "unit" in session.info and (connection := session.connection()).in_nested_transaction():
        pipelining.settle(connection.connection.dbapi_connection)


def forget_lost(error: BaseException) -> bool:
    """Return whether the connection was lost; if so, reset the pool, whose other connections are likely lost too."""
    cause = error.orig if isinstance(error, DBAPIError) else error
    # psycopg reports no SQLSTATE if the connection broke before the server answered.
    lost = isinstance(cause, psycopg.OperationalError) and (cause.sqlstate or "57P01") in LOST_SQLSTATES
    if lost and isinstance(db.engine, Engine):
        db.engine.dispose()
    return lost


def is_unavailable(error: Exception) -> bool:
    """Return whether the database is unreachable or too busy, so that a retry may succeed."""
    if isinstance(error, (PoolTimeout, PendingRollbackError)):  # the latter: the connection was lost just before
        return True
    if isinstance(error, psycopg.Error):  # raised at the beginning of a transaction, not wrapped by SQLAlchemy
        return isinstance(error, (psycopg.OperationalError, psycopg.InterfaceError))
    if not isinstance(error, DBAPIError):
        return False
    state = getattr(error.orig, "sqlstate", None)
    if isinstance(error, OperationalError) and not state:
        text = str(error.orig)
        return "no such" not in text and "syntax" not in text  # SQLite raises it for mistakes in the SQL, too
    return error.connection_invalidated or (state or "")[:2] in UNAVAILABLE_CLASSES or state in UNAVAILABLE_SQLSTATES
