"""Connections that wait for something to happen, kept by one event loop per process instead of a thread each."""

from __future__ import annotations

import asyncio
import socket
import threading
from collections import Counter
from collections.abc import Callable, Collection, Mapping
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from typing import Any, Protocol
from uuid import UUID

import structlog

log = structlog.get_logger()
POLL_SECONDS = 1.0  # between two looks at the positions, if nobody wakes the hub before
BEAT_SECONDS = 15.0
DRAIN_SECONDS = 30.0  # for a client to take what was written
READERS = 2  # threads that read the database for all connections

Positions = Callable[[Collection[UUID]], Mapping[UUID, int]]


class Waiter(Protocol):
    """What a connection waits for: something of a tenant beyond a position. Its methods run in a thread."""

    tenant_id: UUID
    owner: UUID  # whose connections are counted together
    position: int
    seconds: float  # the longest that it waits

    def head(self) -> bytes:
        """Return what is sent at once."""

    def read(self, until: int) -> tuple[bytes, bool]:
        """Return what happened up to a position, and whether that is the end; moves `position`."""

    def beat(self) -> bytes:
        """Return what shows that the connection is alive."""

    def end(self) -> bytes:
        """Return what is sent when its time is over."""


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
        reader, writer = await asyncio.open_connection(sock=taken)
        try:
            writer.write(waiter.head())
            self._waiters[waiter] = writer
            self._woken.set()  # something may have happened since the request was answered
            async with asyncio.timeout(waiter.seconds):
                await self._until_the_client_leaves(reader, writer, waiter)
        except TimeoutError:
            if waiter in self._waiters:
                writer.write(waiter.end())
        except OSError:
            pass  # the client is gone
        finally:
            self._waiters.pop(waiter, None)
            with self._lock:
                self._counts[waiter.owner] -= 1
            writer.close()

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
            while writer is not None and waiter.position < until and not is_over:
                data, is_over = await self._run(waiter.read, until)
                writer.write(data)
                async with asyncio.timeout(DRAIN_SECONDS):
                    await writer.drain()
        except OSError:  # also TimeoutError
            is_over = True
        if is_over and writer is not None and waiter in self._waiters:
            del self._waiters[waiter]
            writer.close()  # which ends `_keep`


stream_hub = StreamHub()
