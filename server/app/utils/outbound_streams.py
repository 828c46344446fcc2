"""Connections with a deadline: a server may send its answer in drops, or without end."""

from __future__ import annotations

import io
import socket
import ssl
import time
from collections.abc import Iterable
from typing import Any

import httpcore

SECONDS = 10.0  # to connect, and for each part of an answer


class GuardedReader(io.RawIOBase):
    """Reads a socket up to a deadline (of the monotonic clock) and an allowance of bytes; OSError beyond them."""

    def __init__(self, connection: socket.socket, ends: float, allowance: int) -> None:
        super().__init__()
        self._connection, self._ends = connection, ends
        self.allowance = allowance

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:
        self._connection.settimeout(min(SECONDS, left(self._ends)))
        count = self._connection.recv_into(buffer)
        self.allowance -= count
        if self.allowance < 0:
            raise OSError("the server sends too much")
        return count


def left(ends: float) -> float:
    """Return the seconds up to a deadline; TimeoutError after it."""
    left = ends - time.monotonic()
    if left <= 0:
        raise TimeoutError("the server takes too long")
    return left


class Pinned(httpcore.SyncBackend):
    """Connects to one address, whatever the URL names."""

    def __init__(self, address: str, ends: float) -> None:
        super().__init__()
        self._address, self._ends = address, ends

    def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,
        local_address: str | None = None,
        socket_options: Iterable[Any] | None = None,
    ) -> httpcore.NetworkStream:
        stream = super().connect_tcp(self._address, port, timeout, local_address, socket_options)
        return _Timed(stream, self._ends)


class _Timed(httpcore.NetworkStream):
    """A stream with a deadline."""

    def __init__(self, stream: httpcore.NetworkStream, ends: float) -> None:
        self._stream, self._ends = stream, ends

    def read(self, max_bytes: int, timeout: float | None = None) -> bytes:
        return self._stream.read(max_bytes, min(timeout or SECONDS, left(self._ends)))

    def write(self, buffer: bytes, timeout: float | None = None) -> None:
        self._stream.write(buffer, min(timeout or SECONDS, left(self._ends)))

    def close(self) -> None:
        self._stream.close()

    def start_tls(
        self, ssl_context: ssl.SSLContext, server_hostname: str | None = None, timeout: float | None = None
    ) -> httpcore.NetworkStream:
        seconds = min(timeout or SECONDS, left(self._ends))
        return _Timed(self._stream.start_tls(ssl_context, server_hostname, seconds), self._ends)

    def get_extra_info(self, info: str) -> Any:
        return self._stream.get_extra_info(info)
