"""Fixed windows of rate limits, which a test must not cross."""

from __future__ import annotations

import time


def room_in_window(seconds: float, window: int = 60) -> None:
    """Wait for the next window if fewer than `seconds` remain in this one."""
    left = window - time.time() % window
    if left < seconds:
        time.sleep(left + 0.05)
