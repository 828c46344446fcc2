"""The hub of waiting connections: nothing is lost at the end of its time, and nobody's socket stays open."""

from __future__ import annotations

import os
import socket
import time
from uuid import UUID, uuid4

from app.utils import stream_hub as module
from app.utils.stream_hub import StreamHub


class Slow:
    """A waiter whose reading takes longer than its time."""

    tenant_id = UUID(int=1)
    position = 0

    def __init__(self, seconds: float, reading: float, data: bytes = b"data") -> None:
        self.owner, self.seconds, self._reading, self._data = uuid4(), seconds, reading, data

    def head(self) -> bytes:
        return b"head;"

    def read(self, until: int) -> tuple[bytes, int, bool]:
        time.sleep(self._reading)
        return self._data + b";", until, False

    def beat(self) -> bytes:
        return f"beat {self.position};".encode()

    def end(self) -> bytes:
        return f"end {self.position};".encode()


def _all_of(connection: socket.socket) -> bytes:
    found = b""
    with connection:
        connection.settimeout(10)
        while part := connection.recv(4096):
            found += part
    return found


def test_what_is_being_read_comes_before_the_end_that_tells_its_position(monkeypatch):
    monkeypatch.setattr(module, "BEAT_SECONDS", 0.1)
    hub, (ours, theirs) = StreamHub(), socket.socketpair()
    theirs.setblocking(False)
    waiter = Slow(seconds=0.4, reading=0.8)
    hub.add(theirs, waiter, lambda _: {waiter.tenant_id: 7})
    said = _all_of(ours).decode().split(";")
    assert said[0] == "head" and said[-3:] == ["data", "end 7", ""]
    assert set(said[1:-3]) <= {"beat 0"}, "no position before its data"
    assert hub.count() == 0


def test_a_client_that_reads_nothing_does_not_keep_the_socket(monkeypatch):
    monkeypatch.setattr(module, "DRAIN_SECONDS", 0.2)
    hub, (ours, theirs) = StreamHub(), socket.socketpair()
    theirs.setblocking(False)
    waiter, number = Slow(seconds=30, reading=0, data=b"x" * 10_000_000), theirs.fileno()
    hub.add(theirs, waiter, lambda _: {waiter.tenant_id: 7})
    deadline = time.monotonic() + 10
    while (hub.count() or _is_open(number)) and time.monotonic() < deadline:
        time.sleep(0.05)
    assert hub.count() == 0 and not _is_open(number)
    ours.close()


def _is_open(number: int) -> bool:
    """Whether a socket with this number is open in this process."""
    path = f"/proc/self/fd/{number}"
    return os.path.exists(path) and os.readlink(path).startswith("socket:")
