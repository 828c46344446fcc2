"""Fixed-window rate limits in Redis, or in this process if Redis does not respond."""

from __future__ import annotations

import threading
import time
from dataclasses import dataclass
from functools import cache

from app.utils.redis_client import redis_client

# Reads the epochs and increments the windows in one round trip.
EDGE_SCRIPT = """
local epochs = tonumber(ARGV[1])
local out = {}
for i = 1, epochs do out[i] = redis.call('GET', KEYS[i]) end
for i = epochs + 1, #KEYS do
  local count = redis.call('INCR', KEYS[i])
  if count == 1 then redis.call('EXPIRE', KEYS[i], ARGV[i - epochs + 1]) end
  out[i] = count
end
return out
"""
GIVE_BACK_SCRIPT = "if redis.call('EXISTS', KEYS[1]) == 1 then return redis.call('DECR', KEYS[1]) end return 0"
MAX_LOCAL_WINDOWS = 10_000


@dataclass(frozen=True, slots=True)
class Limit:
    """At most `count` requests per window of `seconds`, for one `name` (who) under one `policy` (what)."""

    policy: str
    name: str
    count: int
    seconds: int

    @classmethod
    def parse(cls, policy: str, name: str, rate: str) -> Limit:
        """Parse a rate of the settings, such as 100/10 (requests/seconds)."""
        return cls(policy, name, *_numbers(rate))

    @property
    def key(self) -> str:
        # The key contains the number of the window: a new window starts at zero, and EXPIRE only cleans up.
        return f"rate:{self.policy}:{self.name}:{int(time.time()) // self.seconds}"

    @property
    def reset_seconds(self) -> int:
        """Seconds until the window ends."""
        return self.seconds - int(time.time()) % self.seconds


# Rates come from the settings, so there are few.
@cache
def _numbers(rate: str) -> tuple[int, int]:
    count, _, seconds = rate.partition("/")
    return int(count), int(seconds)


@dataclass(frozen=True, slots=True)
class Verdict:
    """The state of the tightest limit after a request."""

    limit: Limit
    used: int

    @property
    def exceeded(self) -> bool:
        return self.used > self.limit.count

    @property
    def remaining(self) -> int:
        return max(0, self.limit.count - self.used)


def edge(epoch_keys: list[str], limits: list[Limit]) -> tuple[list[str | None] | None, Verdict]:
    """Read epochs and count a request against limits; the epochs are None if Redis does not respond."""
    keys = [*epoch_keys, *(limit.key for limit in limits)]
    answer = redis_client.script(EDGE_SCRIPT, keys, [len(epoch_keys), *(limit.seconds for limit in limits)])
    if answer is None:
        # Each process then counts alone: with several, clients get several times the limit.
        return None, _tightest(limits, [_local.hit(limit) for limit in limits])
    epochs = [value.decode() if value is not None else None for value in answer[: len(epoch_keys)]]
    return epochs, _tightest(limits, [int(count) for count in answer[len(epoch_keys) :]])


def hit(*limits: Limit) -> Verdict:
    """Count one request against limits."""
    return edge([], list(limits))[1]


def give_back(limit: Limit) -> None:
    """Take back a request that was counted against a limit in its present window."""
    if redis_client.script(GIVE_BACK_SCRIPT, [limit.key], []) is None:
        _local.give_back(limit)


def _tightest(limits: list[Limit], used: list[int]) -> Verdict:
    verdicts = [Verdict(limit, count) for limit, count in zip(limits, used, strict=True)]
    # The headers describe one limit: an exceeded one, otherwise the one with the least left.
    return min(verdicts, key=lambda verdict: (not verdict.exceeded, verdict.remaining))


class _LocalWindows:
    """The fallback: counts in this process only."""

    def __init__(self) -> None:
        self._counts: dict[str, tuple[float, int]] = {}
        self._lock = threading.Lock()

    def hit(self, limit: Limit) -> int:
        now = time.time()
        with self._lock:
            if len(self._counts) > MAX_LOCAL_WINDOWS:  # only then, since it looks at every window
                self._counts = {key: value for key, value in self._counts.items() if value[0] > now}
            key = limit.key
            count = self._counts.get(key, (0.0, 0))[1] + 1
            self._counts[key] = (now + limit.seconds, count)
            return count

    def give_back(self, limit: Limit) -> None:
        with self._lock:
            if limit.key in self._counts:
                until, count = self._counts[limit.key]
                self._counts[limit.key] = (until, count - 1)

    def clear(self) -> None:
        self._counts.clear()


_local = _LocalWindows()


def forget_local() -> None:
    """Clear the windows of the fallback."""
    _local.clear()
