"""Counts the SQL statements of one request or job, for its log line and for the tests."""

from contextlib import contextmanager
from contextvars import ContextVar
from typing import Iterator

_counter: ContextVar[list[int] | None] = ContextVar("statements", default=None)


def count(*_: object) -> None:
    """Count one statement; takes what a listener of SQLAlchemy is given."""
    counter = _counter.get()
    if counter is not None:
        counter[0] += 1


@contextmanager
def counted() -> Iterator[list[int]]:
    """Count within the block; the list's only item is the figure."""
    counter = [0]
    token = _counter.set(counter)
    try:
        yield counter
    finally:
        _counter.reset(token)
