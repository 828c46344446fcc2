"""The only commit and rollback of the application: `@use_case` opens or joins one transaction."""

from __future__ import annotations

import random
import time
from collections.abc import Callable
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import wraps
from typing import Any, Iterator, ParamSpec, TypeVar, overload

import psycopg
from sqlalchemy import event
from sqlalchemy.exc import DBAPIError, IntegrityError, OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeout
from sqlalchemy.orm import Session, UOWTransaction

from app.extensions import db
from app.services.constraint_errors import error_for
from app.utils.errors import Unavailable

P = ParamSpec("P")
R = TypeVar("R")

UNAVAILABLE_CLASSES = {"08", "53", "57"}  # connection, resources, operator intervention
RETRYABLE_SQLSTATES = {"40001", "40P01"}  # serialization failure, deadlock (PostgreSQL, appendix A)


@dataclass
class UnitOfWork:
    """What one use case gathers until its commit."""

    events: list[Any] = field(default_factory=list)
    usage: dict[str, int] = field(default_factory=dict)
    promises: list[dict[str, Any]] = field(default_factory=list)
    deleted: bool = False
    after_commit: list[Callable[[], None]] = field(default_factory=list)
    on_rollback: list[Callable[[], None]] = field(default_factory=list)


_before_commit: list[Callable[[UnitOfWork], None]] = []


def before_commit(closer: Callable[[UnitOfWork], None]) -> Callable[[UnitOfWork], None]:
    """Register what closes a unit of work just before its commit, like the ledger."""
    _before_commit.append(closer)
    return closer


def unit() -> UnitOfWork:
    """The open unit of work; a programming error outside a use case."""
    current: UnitOfWork | None = db.session.info.get("unit")
    if current is None:
        raise RuntimeError("this belongs inside a @use_case")
    return current


@overload
def use_case(function: Callable[P, R]) -> Callable[P, R]: ...
@overload
def use_case(*, retries: int = 0) -> Callable[[Callable[P, R]], Callable[P, R]]: ...
def use_case(function: Any = None, *, retries: int = 0) -> Any:
    """Run a write in one transaction: joined if one is open, else committed once or rolled back whole.

    `retries` repeats the outermost call after a deadlock or serialization failure.
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
            time.sleep(random.uniform(0, 0.05 * 2**attempt))
    raise Unavailable("The database is busy; try again.")


@contextmanager
def _transaction() -> Iterator[None]:
    session = db.session()
    if session.in_transaction():
        session.commit()  # ends a read; nothing is pending outside a use case
    current = UnitOfWork()
    session.info["unit"] = current
    try:
        if db.engine.dialect.name == "sqlite":
            session.connection(execution_options={"write": True})
        yield
        session.flush()
        for closer in _before_commit:
            closer(current)
        session.commit()
    except IntegrityError as error:
        _undo(session, current)
        raise error_for(error, current.deleted) from error
    except BaseException:
        _undo(session, current)
        raise
    finally:
        session.info.pop("unit", None)
    _after_commit(session, current)


def _undo(session: Session, failed: UnitOfWork) -> None:
    session.rollback()
    for callback in failed.on_rollback:
        callback()


def _after_commit(session: Session, done: UnitOfWork) -> None:
    if done.deleted:
        session.expire_all()
    for callback in done.after_commit:
        callback()


def end_read() -> None:
    """Give the connection back before slow work; inside a use case nothing happens."""
    session = db.session()
    if session.info.get("unit") is None:
        session.commit()  # nothing is pending outside a use case


def on_rollback(callback: Callable[[], None]) -> None:
    """Undo something outside the database if the open use case fails; outside one the caller does it."""
    current: UnitOfWork | None = db.session.info.get("unit")
    if current is not None:
        current.on_rollback.append(callback)


def mark_deleted() -> None:
    """Say that a statement deleted rows past the session, so that it is expired after the commit."""
    unit().deleted = True


@event.listens_for(Session, "before_flush")
def _note_deletes(session: Session, flush: UOWTransaction, instances: Any) -> None:
    current = session.info.get("unit")
    if current is not None and session.deleted:
        current.deleted = True


def is_unavailable(error: Exception) -> bool:
    """Whether an error means that the database cannot be reached or is too busy, so that a retry helps."""
    if isinstance(error, PoolTimeout):
        return True
    if isinstance(error, psycopg.Error):  # raised while a transaction begins, past SQLAlchemy
        return isinstance(error, (psycopg.OperationalError, psycopg.InterfaceError))
    if not isinstance(error, DBAPIError):
        return False
    state = getattr(error.orig, "sqlstate", None)
    if isinstance(error, OperationalError) and not state:
        text = str(error.orig)
        return "no such" not in text and "syntax" not in text
    return error.connection_invalidated or (state or "")[:2] in UNAVAILABLE_CLASSES
