"""The time, always aware, always UTC."""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta

# How far apart the clocks of two of our machines may be: what one has signed is good for the other.
LEEWAY = timedelta(seconds=60)


def now() -> datetime:
    """The present moment in UTC."""
    return datetime.now(UTC)


@contextmanager
def at_least(seconds: float) -> Iterator[None]:
    """Make the block last that long, so that its time does not tell what it found."""
    ends = time.monotonic() + seconds
    try:
        yield
    finally:
        time.sleep(max(0.0, ends - time.monotonic()))
