"""Round trips to PostgreSQL saved: what nobody waits for is kept back and travels with the next answer.

A unit of work keeps back its BEGIN, the tenant's settings and the writes without an answer; a statement of SQLAlchemy
or the COMMIT takes all of them along in one pipeline (PostgreSQL 15, 34.5), the writes as one statement (7.8.2). A
failure of what was kept back is told there.
"""

from __future__ import annotations

import re
from contextlib import contextmanager
from functools import lru_cache
from typing import Any, Iterator

import psycopg
import sqlalchemy as sa
from psycopg.pq import TransactionStatus
from sqlalchemy import event

_ATTRIBUTE = "fairlead_kept_back"  # on the driver's connection: pairs of text and parameters
_PARAMETER = re.compile(r"%\((\w+)\)s")


def install(engine: sa.Engine) -> None:
    """Attach the listeners."""
    event.listen(engine, "do_execute", lambda cursor, *arguments: _send(cursor, cursor.execute, *arguments[:2]))
    event.listen(engine, "do_executemany", lambda cursor, *arguments: _send(cursor, cursor.executemany, *arguments[:2]))
    event.listen(engine, "do_execute_no_params", lambda cursor, text, context: _send(cursor, cursor.execute, text))
    event.listen(engine, "commit", _commit)
    event.listen(engine, "rollback", _forget)
    event.listen(engine, "rollback_savepoint", lambda connection, name, context: _forget(connection))
    event.listen(engine, "reset", lambda driver, record, state: _take(driver))


def defer_statement(driver: Any, text: str, parameters: Any = None) -> None:
    """Send this before the next statement that has an answer."""
    kept: list[Any] | None = getattr(driver, _ATTRIBUTE, None)
    if kept is None:
        kept = []
        setattr(driver, _ATTRIBUTE, kept)
    kept.append((text, parameters))


def settle(driver: Any) -> None:
    """Send what is kept back now, and wait for it."""
    if kept := _take(driver):
        with _in_words_of_sqlalchemy(), _pipeline(driver, kept):
            pass


@contextmanager
def _in_words_of_sqlalchemy() -> Iterator[None]:
    """Outside a statement of SQLAlchemy the driver's errors are turned into SQLAlchemy's here."""
    try:
        yield
    except psycopg.Error as error:
        raise sa.exc.DBAPIError.instance(None, None, error, psycopg.Error, hide_parameters=True) from error


def _take(driver: Any) -> list[Any]:
    kept: list[Any] = getattr(driver, _ATTRIBUTE, None) or []
    if kept:
        setattr(driver, _ATTRIBUTE, None)
    return kept


def _send(cursor: Any, send: Any, *arguments: Any) -> bool:
    """True where the statement was sent here."""
    driver = cursor.connection
    kept = _take(driver)
    if not kept:
        return False
    if isinstance(cursor, psycopg.ServerCursor):  # it cannot live in a pipeline
        with _pipeline(driver, kept):
            pass
        return False
    with _pipeline(driver, kept):
        send(*arguments)
    return True


def _commit(connection: sa.Connection) -> None:
    driver: Any = connection.connection.dbapi_connection
    kept = _take(driver)
    with _in_words_of_sqlalchemy():
        if kept:
            with _pipeline(driver, kept):
                driver.execute("commit")
        elif driver.pgconn.transaction_status == TransactionStatus.INERROR:  # COMMIT would be a silent ROLLBACK
            raise psycopg.errors.InFailedSqlTransaction("an error in this transaction was passed over")


def _forget(connection: sa.Connection) -> None:
    if not connection.invalidated:
        _take(connection.connection.dbapi_connection)


@contextmanager
def _pipeline(driver: Any, kept: list[Any]) -> Iterator[None]:
    """What was kept back, then the block, in one trip; the error that broke the pipeline is the one raised."""
    try:
        with driver.pipeline():
            for text, parameters in _joined(kept):
                driver.execute(text, parameters)
            yield
    except psycopg.errors.PipelineAborted as aborted:
        error: BaseException = aborted
        while isinstance(error, psycopg.errors.PipelineAborted) and error.__context__ is not None:
            error = error.__context__
        raise error from None


def _joined(kept: list[Any]) -> Iterator[tuple[str, Any]]:
    """Neighbouring inserts as one statement, which an update may end; anything else stands alone.

    Rows of one table stay apart: within a statement they would be written in no promised order, and locked in it.
    """
    group: list[Any] = []
    for text, parameters in kept:
        if not text.startswith(("INSERT", "UPDATE")):
            yield from _join(group)
            yield text, parameters
            group = []
            continue
        if any(text == known for known, _ in group):
            yield from _join(group)
            group = []
        group.append((text, parameters))
        if text.startswith("UPDATE"):
            yield from _join(group)
            group = []
    yield from _join(group)


def _join(group: list[Any]) -> Iterator[tuple[str, Any]]:
    if len(group) < 2:
        yield from group
        return
    parameters = {f"{name}_{place}": value for place, (_, given) in enumerate(group) for name, value in given.items()}
    yield _join_texts(tuple(text for text, _ in group)), parameters


@lru_cache(maxsize=512)
def _join_texts(texts: tuple[str, ...]) -> str:
    *first, last = (_PARAMETER.sub(rf"%(\1_{place})s", text) for place, text in enumerate(texts))
    return "WITH " + ", ".join(f"q{place} AS ({text})" for place, text in enumerate(first)) + " " + last
