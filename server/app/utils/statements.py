"""Counts the SQL statements of a request, for its log line and for tests."""

from contextlib import contextmanager
from contextvars import ContextVar
from typing import Iterator

_counter: ContextVar[list[int] | None] = ContextVar("statements", default=None)


def count(*_: object) -> None:
    """Count one statement; accepts and ignores the arguments of an SQLAlchemy listener."""
    counter = _counter.get()
    if counter is not None:
        counter[0] += 1


@contextmanager
def counted() -> Iterator[list[int]]:
    """Count the statements of the block in the only item of the yielded list."""
    counter = [0]
    token = _counter.set(counter)
    try:
        yield counter
    finally:
        _counter.reset(token)
