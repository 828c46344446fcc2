"""Client of an optional Redis: short time-outs, no retries, and a pause after each failure."""

from __future__ import annotations

import hashlib
import time
from functools import cache
from typing import Any

import redis
from redis.backoff import NoBackoff
from redis.exceptions import NoScriptError
from redis.retry import Retry

TIMEOUT_SECONDS = 0.2  # redis-py's defaults would hold each request for seconds if Redis is down
PAUSE_SECONDS = 2.0  # after a failure, so that only one request in a while waits for the time-out


class RedisClient:
    """Returns None or False if Redis is not configured or does not respond; callers continue without it.

    `failures` counts failed calls: caches filled before the latest failure may have missed an invalidation.
    """

    def __init__(self) -> None:
        self._client: redis.Redis | None = None
        self._paused_until = 0.0
        self.failures = 0

    def init(self, url: str) -> None:
        """Connect to `url`; if empty, Redis is not used."""
        self._paused_until = 0.0
        self._client = None
        if url:
            self._client = redis.Redis.from_url(
                url,
                socket_timeout=TIMEOUT_SECONDS,
                socket_connect_timeout=TIMEOUT_SECONDS,
                retry=Retry(NoBackoff(), 0),  # by default, redis-py retries, which multiplies the time-out
                health_check_interval=0,  # a check would cost another round trip
            )

    @property
    def configured(self) -> bool:
        return self._client is not None

    def script(self, text: str, keys: list[str], args: list[Any]) -> Any | None:
        """Run a Lua script in one round trip; None if Redis does not respond."""
        return self._try(lambda client: self._run(client, text, keys, args))

    def _run(self, client: redis.Redis, text: str, keys: list[str], args: list[Any]) -> Any:
        """Run a script on a connection of the pool; `client.evalsha` would take twice the time on every request."""
        connection: Any = client.connection_pool.get_connection()
        try:
            connection.send_command("EVALSHA", _sha(text), len(keys), *keys, *args)
            return connection.read_response()
        except NoScriptError:  # Redis has restarted
            connection.send_command("SCRIPT LOAD", text)
            connection.read_response()
            return self._run(client, text, keys, args)
        finally:
            client.connection_pool.release(connection)

    def set_many(self, values: dict[str, str], seconds: int, retry_at_once: bool = False) -> bool:
        """Set keys that expire; False if Redis does not respond. `retry_at_once` ignores the pause after a failure."""

        def write(client: redis.Redis) -> bool:
            with client.pipeline(transaction=True) as pipe:
                for key, value in values.items():
                    pipe.set(key, value, ex=seconds)
                pipe.execute()
            return True

        if retry_at_once:
            self._paused_until = 0.0
        return bool(self._try(write))

    def ping(self) -> bool:
        """Whether Redis responds."""
        return bool(self._try(lambda client: client.ping()))

    def _try(self, call: Any) -> Any | None:
        if self._client is None or time.monotonic() < self._paused_until:
            return None
        try:
            return call(self._client)
        except redis.RedisError:
            self.failures += 1
            self._paused_until = time.monotonic() + PAUSE_SECONDS
            return None


@cache
def _sha(text: str) -> str:
    return hashlib.sha1(text.encode(), usedforsecurity=False).hexdigest()  # Redis' name of the script


redis_client = RedisClient()
