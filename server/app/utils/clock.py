"""The current time, always timezone-aware and in UTC."""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta

# The clock difference tolerated between our machines, for signed times.
LEEWAY = timedelta(seconds=60)


def now() -> datetime:
    """Return the current time in UTC."""
    return datetime.now(UTC)


@contextmanager
def at_least(seconds: float) -> Iterator[None]:
    """Make the block take at least this long, so that its duration reveals nothing."""
    ends = time.monotonic() + seconds
    try:
        yield
    finally:
        # Also after an error, since a quick refusal would reveal as much as a quick success.
        time.sleep(max(0.0, ends - time.monotonic()))
