"""The only commit and rollback of the application: `@use_case` opens or joins one transaction."""

from __future__ import annotations

import random
import time
from collections.abc import Callable
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import wraps
from typing import Any, Iterator, ParamSpec, TypeVar, overload

from sqlalchemy import event
from sqlalchemy.exc import DBAPIError, IntegrityError, OperationalError
from sqlalchemy.orm import Session, UOWTransaction

from app.extensions import db
from app.services.constraint_errors import error_for
from app.utils.errors import Unavailable

P = ParamSpec("P")
R = TypeVar("R")

RETRYABLE_SQLSTATES = {"40001", "40P01"}  # serialization failure, deadlock (PostgreSQL, appendix A)


@dataclass
class UnitOfWork:
    """What one use case gathers until its commit."""

    events: list[Any] = field(default_factory=list)
    usage: dict[str, int] = field(default_factory=dict)
    deleted: bool = False
    after_commit: list[Callable[[], None]] = field(default_factory=list)


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

        run.is_use_case = True  # type: ignore[attr-defined]
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
        session.connection(execution_options={"write": True})
        yield
        session.flush()
        for closer in _before_commit:
            closer(current)
        session.commit()
    except IntegrityError as error:
        session.rollback()
        raise error_for(error) from error
    except BaseException:
        session.rollback()
        raise
    finally:
        session.info.pop("unit", None)
    _after_commit(session, current)


def _after_commit(session: Session, done: UnitOfWork) -> None:
    if done.deleted:
        session.expire_all()
    for callback in done.after_commit:
        callback()


@contextmanager
def savepoint() -> Iterator[None]:
    """Undo only the block when it fails, inside an open use case."""
    with db.session.begin_nested():
        yield


def mark_deleted() -> None:
    """Say that a statement deleted rows past the session, so that it is expired after the commit."""
    unit().deleted = True


@event.listens_for(Session, "after_flush")
def _note_deletes(session: Session, flush: UOWTransaction) -> None:
    current = session.info.get("unit")
    if current is not None and session.deleted:
        current.deleted = True


def is_unavailable(error: Exception) -> bool:
    """Whether an error means that the database cannot be reached or is too busy, so that a retry helps."""
    return isinstance(error, OperationalError) or getattr(error, "connection_invalidated", False)
