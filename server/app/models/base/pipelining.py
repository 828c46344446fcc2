"""Defer statements without a result, to save round trips to PostgreSQL.

A use case defers its BEGIN, the tenant's settings and the writes without a result. The next SQLAlchemy statement or
the COMMIT sends them all in one pipeline (PostgreSQL 15, 34.5), the writes as one statement (7.8.2). Their errors are
raised there.
"""

from __future__ import annotations

import re
from contextlib import contextmanager
from functools import lru_cache, partial
from typing import Any, Iterator

import psycopg
import sqlalchemy as sa
from psycopg.pq import TransactionStatus
from sqlalchemy import event

_ATTRIBUTE = "fairlead_kept_back"  # attribute of the driver's connection: pairs of text and parameters
_PARAMETER = re.compile(r"%\((\w+)\)s")  # "%(candidate_id)s"


def install(engine: sa.Engine) -> None:
    """Attach the listeners that send and discard deferred statements."""
    event.listen(engine, "do_execute", lambda cursor, *arguments: _send(cursor, cursor.execute, *arguments[:2]))
    event.listen(engine, "do_executemany", lambda cursor, *arguments: _send(cursor, cursor.executemany, *arguments[:2]))
    event.listen(engine, "do_execute_no_params", lambda cursor, text, context: _send(cursor, cursor.execute, text))
    event.listen(engine, "commit", _commit)
    event.listen(engine, "rollback", _forget)  # what was never sent needs no rollback
    # What was deferred before the savepoint was sent when it began.
    event.listen(engine, "rollback_savepoint", lambda connection, name, context: _forget(connection))
    # A connection that returns to the pool must not take statements to its next user.
    event.listen(engine, "reset", lambda driver, record, state: _take(driver))


def defer_statement(driver: Any, text: str, parameters: Any = None) -> None:
    """Defer a statement until the next one with a result, or the COMMIT."""
    kept: list[Any] | None = getattr(driver, _ATTRIBUTE, None)
    if kept is None:
        kept = []
        setattr(driver, _ATTRIBUTE, kept)
    kept.append((text, parameters))


def settle(driver: Any) -> None:
    """Send the deferred statements now and wait for them."""
    if kept := _take(driver):
        with _in_words_of_sqlalchemy(), _pipeline(driver, kept):
            pass


@contextmanager
def _in_words_of_sqlalchemy() -> Iterator[None]:
    """Convert the driver's errors to SQLAlchemy's, for statements that SQLAlchemy did not send itself."""
    try:
        yield
    except psycopg.Error as error:
        # Callers map and retry SQLAlchemy's errors only.
        raise sa.exc.DBAPIError.instance(None, None, error, psycopg.Error, hide_parameters=True) from error


def _take(driver: Any) -> list[Any]:
    kept: list[Any] = getattr(driver, _ATTRIBUTE, None) or []
    if kept:
        setattr(driver, _ATTRIBUTE, None)
    return kept


def _send(cursor: Any, send: Any, *arguments: Any) -> bool:
    """Send the deferred statements and the given one; return True if the given one was sent."""
    driver = cursor.connection
    kept = _take(driver)
    if not kept:
        return False
    if isinstance(cursor, psycopg.ServerCursor):  # does not work in a pipeline
        with _pipeline(driver, kept):
            pass
        return False
    with _pipeline(driver, kept) as pipeline:
        if send == cursor.executemany:  # fetches within the pipeline, so all before it must be on its way
            send(*arguments)
        else:
            with sent_together(pipeline):
                send(*arguments)
    return True


def _commit(connection: sa.Connection) -> None:
    driver: Any = connection.connection.dbapi_connection
    kept = _take(driver)
    with _in_words_of_sqlalchemy():
        if kept:
            with _pipeline(driver, kept) as pipeline, sent_together(pipeline):
                driver.execute("commit")  # SQLAlchemy's own, which follows, finds nothing to commit
        elif driver.pgconn.transaction_status == TransactionStatus.INERROR:  # COMMIT would be a silent ROLLBACK
            raise psycopg.errors.InFailedSqlTransaction("an error in this transaction was passed over")


def _forget(connection: sa.Connection) -> None:
    if not connection.invalidated:
        _take(connection.connection.dbapi_connection)


@contextmanager
def sent_together(pipeline: Any) -> Iterator[None]:
    """Keep the statements of the block in the pipeline's queue, which the next statement after it, or its end, sends.

    Otherwise psycopg sends each of them by itself: system calls, and on a busy server a wait for the interpreter's lock
    after each. It has no option for it, so its method is hidden for this pipeline, until `one_piece` ends.
    """
    pipeline._communicate_gen = _later
    try:
        yield
    finally:
        pipeline._communicate_gen = partial(_at_once, pipeline)


@contextmanager
def one_piece(driver: Any) -> Iterator[Any]:
    """Open a pipeline whose statements may be `sent_together`."""
    with driver.pipeline() as pipeline:
        yield pipeline
    vars(pipeline).pop("_communicate_gen", None)  # it refers to the pipeline: collecting such circles takes time


def _later() -> Iterator[None]:
    yield from ()


def _at_once(pipeline: Any) -> Iterator[Any]:
    commands = list(pipeline.command_queue)
    if len(commands) > 1:
        pipeline.command_queue.clear()
        pipeline.command_queue.append(lambda: [command() for command in commands])  # each fills libpq's buffer
    yield from psycopg.Pipeline._communicate_gen(pipeline)


@contextmanager
def _pipeline(driver: Any, kept: list[Any]) -> Iterator[Any]:
    """Run the deferred statements, then the block, in one round trip; raise the error that aborted the pipeline."""
    try:
        with one_piece(driver) as pipeline:
            with sent_together(pipeline):
                for text, parameters in _joined(kept):
                    driver.execute(text, parameters)
            yield pipeline
    except psycopg.errors.PipelineAborted as aborted:
        error: BaseException = aborted
        # Every later statement of the pipeline fails as aborted; the cause is at the end of the chain.
        while isinstance(error, psycopg.errors.PipelineAborted) and error.__context__ is not None:
            error = error.__context__
        raise error from None


def _joined(kept: list[Any]) -> Iterator[tuple[str, Any]]:
    """Join consecutive inserts, with a final update if there is one, into one statement; yield others unchanged.

    Writes to the same table are not joined: within one statement, the order of writes and locks is undefined.
    """
    group: list[Any] = []
    for text, parameters in kept:
        if not text.startswith(("INSERT", "UPDATE")):
            yield from _join(group)
            yield text, parameters
            group = []
            continue
        if any(text == known for known, _ in group):  # the same text writes the same table
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
    # All statements have parameters such as `id`, so each adds its place in the group as a suffix.
    parameters = {f"{name}_{place}": value for place, (_, given) in enumerate(group) for name, value in given.items()}
    yield _join_texts(tuple(text for text, _ in group)), parameters


@lru_cache(maxsize=512)
def _join_texts(texts: tuple[str, ...]) -> str:
    *first, last = (_PARAMETER.sub(rf"%(\1_{place})s", text) for place, text in enumerate(texts))
    return "WITH " + ", ".join(f"q{place} AS ({text})" for place, text in enumerate(first)) + " " + last
