"""Connections that wait for something to happen, kept by one event loop per process instead of a thread each."""

from __future__ import annotations

import asyncio
import socket
import threading
from collections import Counter
from collections.abc import Callable, Collection, Mapping
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from typing import Any
from uuid import UUID

import structlog

from app.utils.stream_waiter import Waiter

log = structlog.get_logger()
POLL_SECONDS = 1.0  # between two looks at the positions, if nobody wakes the hub before
BEAT_SECONDS = 15.0
DRAIN_SECONDS = 30.0  # for a client to take what was written
READERS = 2  # threads that read the database for all connections

Positions = Callable[[Collection[UUID]], Mapping[UUID, int]]


class StreamHub:
    """The connections of this process, the loop that owns their sockets, and a poll of all tenants together."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._loop: asyncio.AbstractEventLoop | None = None
        self._waiters: dict[Waiter, asyncio.StreamWriter] = {}
        self._busy: dict[Waiter, asyncio.Future[None]] = {}  # those that are being written to
        self._counts: Counter[UUID] = Counter()
        self._positions: Positions = lambda _: {}

    def count(self, owner: UUID | None = None) -> int:
        """Return the number of connections, of all or of one owner."""
        return self._counts[owner] if owner else self._counts.total()

    def wake(self) -> None:
        """Look at the positions now: something was committed in this process."""
        if self._waiters and self._loop is not None:
            self._loop.call_soon_threadsafe(self._woken.set)

    def add(self, taken: socket.socket, waiter: Waiter, positions: Positions) -> None:
        """Keep a connection until its waiter ends, its time is over, or the client leaves."""
        with self._lock:
            self._counts[waiter.owner] += 1
            self._positions = positions
            loop = self._loop or self._start()
        asyncio.run_coroutine_threadsafe(self._keep(taken, waiter), loop)

    def _start(self) -> asyncio.AbstractEventLoop:
        self._loop = loop = asyncio.new_event_loop()
        self._woken = asyncio.Event()
        self._run = partial(loop.run_in_executor, ThreadPoolExecutor(READERS, "stream-reader"))
        threading.Thread(target=loop.run_forever, name="stream-hub", daemon=True).start()
        asyncio.run_coroutine_threadsafe(self._poll(), loop)
        return loop

    async def _keep(self, taken: socket.socket, waiter: Waiter) -> None:
        writer = None
        try:
            reader, writer = await asyncio.open_connection(sock=taken)
            writer.write(waiter.head())
            self._waiters[waiter] = writer
            self._woken.set()  # something may have happened since the request was answered
            async with asyncio.timeout(waiter.seconds):
                await self._until_the_client_leaves(reader, writer, waiter)
        except TimeoutError:
            if waiter in self._busy:  # what is being written comes before the end
                await asyncio.wait([self._busy[waiter]], timeout=DRAIN_SECONDS)
            if writer is not None and waiter in self._waiters:
                writer.write(waiter.end())
        except OSError:
            pass  # the client is gone
        finally:
            self._waiters.pop(waiter, None)
            with self._lock:
                self._counts[waiter.owner] -= 1
            if writer is None:
                taken.close()
            else:
                _close(writer)

    async def _until_the_client_leaves(
        self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, waiter: Waiter
    ) -> None:
        while True:
            try:
                async with asyncio.timeout(BEAT_SECONDS):
                    if not await reader.read(1024):
                        return
            except TimeoutError:
                writer.write(waiter.beat())

    async def _poll(self) -> None:
        while True:
            try:
                async with asyncio.timeout(POLL_SECONDS if self._waiters else None):
                    await self._woken.wait()
            except TimeoutError:
                pass
            self._woken.clear()
            try:
                await self._look()
            except Exception as error:  # the database may be gone for a while: the connections wait for it
                log.warning("streams could not be continued", error=type(error).__name__)

    async def _look(self) -> None:
        tenants = {waiter.tenant_id for waiter in self._waiters}
        positions: Any = await self._run(self._positions, tenants) if tenants else {}
        self._busy = {waiter: task for waiter, task in self._busy.items() if not task.done()}
        for waiter in self._waiters.keys() - self._busy.keys():
            if waiter.position < (until := positions.get(waiter.tenant_id, 0)):
                # Not one after the other: a slow client delays nobody else.
                self._busy[waiter] = asyncio.ensure_future(self._deliver(waiter, until))

    async def _deliver(self, waiter: Waiter, until: int) -> None:
        writer, is_over = self._waiters.get(waiter), False
        try:
            while waiter in self._waiters and writer is not None and waiter.position < until and not is_over:
                data, position, is_over = await self._run(waiter.read, until)
                writer.write(data)
                waiter.position = position  # not before: a heartbeat tells it
                async with asyncio.timeout(DRAIN_SECONDS):
                    await writer.drain()
        except OSError:  # also TimeoutError: who does not read gets nothing more
            if writer is not None:
                writer.transport.abort()
        except Exception as error:  # as in `_poll`: the next look tries again
            log.warning("a stream could not be continued", error=type(error).__name__)
        if is_over and writer is not None and waiter in self._waiters:
            del self._waiters[waiter]
            _close(writer)  # which ends `_keep`


def _close(writer: asyncio.StreamWriter) -> None:
    """Close a connection, also if nobody reads what is left to send."""
    writer.close()
    asyncio.get_running_loop().call_later(DRAIN_SECONDS, writer.transport.abort)


stream_hub = StreamHub()
