"""Requests to addresses that users enter: never to private ones, whatever their names resolve to, and never for long.

The name is resolved once, each address is checked, and the connection goes to the checked address, so that a name that
changes its address in between (DNS rebinding) reaches nothing else. A deadline holds for the whole connection, since a
server may send its answer in drops.
"""

from __future__ import annotations

import base64
import io
import socket
import ssl
import threading
import time
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from ipaddress import IPv6Address, ip_address, ip_network
from typing import Any
from urllib.parse import SplitResult, urlsplit

import httpcore

from app.utils.errors import Invalid, Unavailable, UpstreamFailed

SECONDS = 10.0  # to connect, and for each part of an answer
DEADLINE = 30.0  # for the whole connection
AT_ONCE, SLOT_SECONDS = 6, 3.0  # connections of this process, which each hold a thread
# Addresses that lead to others: NAT64 (RFC 6052, 8215), 6to4 (RFC 3056), Teredo (RFC 4380), IPv4-compatible and
# site-local ones (RFC 4291), and those of protocols (RFC 6890).
LEADING_ELSEWHERE = tuple(
    map(ip_network, ("64:ff9b::/96", "64:ff9b:1::/48", "2002::/16", "2001::/32", "::/96", "fec0::/10"))
)
OF_PROTOCOLS = ip_network("192.0.0.0/24")
FAILURES = (
    OSError,
    httpcore.NetworkError,
    httpcore.TimeoutException,
    httpcore.ProtocolError,
    httpcore.UnsupportedProtocol,
)


@dataclass(frozen=True, slots=True)
class Answer:
    """The status and the body of a response."""

    status: int
    body: bytes


class Outbound:
    """Resolves names and sends requests; create_app() says whether private addresses are allowed."""

    def __init__(self) -> None:
        self.allows_private = False
        self._slots = threading.BoundedSemaphore(AT_ONCE)

    def init(self, allows_private: bool) -> None:
        self.allows_private = allows_private

    @contextmanager
    def slot(self) -> Iterator[None]:
        """Unavailable if this process has too many connections to addresses of users already."""
        if not self._slots.acquire(timeout=SLOT_SECONDS):
            detail = "Too many other servers are being asked. Try again in a moment."
            raise Unavailable(detail, code="too_many_connections", headers={"Retry-After": "10"})
        try:
            yield
        finally:
            self._slots.release()

    def resolve(self, host: str, port: int) -> str:
        """Return an address of a host; UpstreamFailed if it has none, Invalid if one of them is not public."""
        try:
            found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
        except (OSError, UnicodeError, OverflowError) as error:
            raise UpstreamFailed("The server cannot be found.", code="host_not_found") from error
        addresses = [str(each[4][0]) for each in found]
        if not self.allows_private and not all(map(is_public, addresses)):
            raise Invalid("The server has a private address.", code="private_address")
        return addresses[0]

    def check_url(self, url: str) -> SplitResult:
        """Return the parts of a URL; Invalid unless it is one of HTTPS without a user.

        HTTP is allowed, too, if private addresses are.
        """
        wrong = Invalid("The URL must begin with https:// and name no user.", code="bad_url")
        try:
            parts = urlsplit(url)
            is_port = parts.port is None or 0 < parts.port < 65_536
        except ValueError as error:
            raise wrong from error
        schemes = ("http", "https") if self.allows_private else ("https",)
        is_plain = url.isascii() and url.isprintable() and " " not in url
        if parts.scheme not in schemes or not parts.hostname or "@" in parts.netloc or not is_port or not is_plain:
            raise wrong
        return parts

    def fetch(
        self,
        method: str,
        url: str,
        *,
        limit: int,
        auth: tuple[str, str] | None = None,
        headers: dict[str, str] | None = None,
        content: bytes | None = None,
    ) -> Answer:
        """Return the response to a request, without following redirects.

        UpstreamFailed if there is none in time, it is longer than `limit` bytes or it is compressed, Invalid as in
        `resolve`, Unavailable as in `slot`.
        """
        parts = self.check_url(url)
        host = str(parts.hostname)
        address = self.resolve(host, parts.port or (443 if parts.scheme == "https" else 80))
        sent = {"Host": parts.netloc, "User-Agent": "Fairlead", "Accept-Encoding": "identity", **(headers or {})}
        if auth is not None:
            sent["Authorization"] = "Basic " + base64.b64encode(":".join(auth).encode()).decode()
        waits = {"timeout": dict.fromkeys(("connect", "read", "write", "pool"), SECONDS)}
        backend = _Pinned(address, time.monotonic() + DEADLINE)
        try:
            # Neither a proxy nor credentials from the environment of the server.
            with self.slot(), httpcore.ConnectionPool(ssl.create_default_context(), network_backend=backend) as pool:
                with pool.stream(
                    method, url, headers=list(sent.items()), content=content, extensions=waits
                ) as response:
                    return _read(response, limit)
        except FAILURES as error:
            raise UpstreamFailed("The server does not respond.", code="upstream_failed") from error


def is_public(address: str) -> bool:
    """Return whether an address belongs to the public internet, and leads nowhere else."""
    found = ip_address(address.partition("%")[0])
    if isinstance(found, IPv6Address):
        if found.ipv4_mapped is not None:
            return is_public(str(found.ipv4_mapped))
        if any(found in network for network in LEADING_ELSEWHERE):
            return False
    elif found in OF_PROTOCOLS:
        return False
    return found.is_global and not found.is_multicast


class GuardedReader(io.RawIOBase):
    """Reads a socket up to a deadline (of the monotonic clock) and an allowance of bytes; OSError beyond them."""

    def __init__(self, connection: socket.socket, ends: float, allowance: int) -> None:
        super().__init__()
        self._connection, self._ends = connection, ends
        self.allowance = allowance

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:
        self._connection.settimeout(min(SECONDS, _left(self._ends)))
        count = self._connection.recv_into(buffer)
        self.allowance -= count
        if self.allowance < 0:
            raise OSError("the server sends too much")
        return count


def _left(ends: float) -> float:
    left = ends - time.monotonic()
    if left <= 0:
        raise TimeoutError("the server takes too long")
    return left


def _read(response: httpcore.Response, limit: int) -> Answer:
    if any(name.lower() == b"content-encoding" and value != b"identity" for name, value in response.headers):
        # What is small on the way may be gigabytes when it is unpacked.
        raise UpstreamFailed("The response is compressed, though nobody asked for it.", code="upstream_failed")
    parts, size = [], 0
    for part in response.iter_stream():
        size += len(part)
        if size > limit:
            raise UpstreamFailed("The response is too large.", code="upstream_failed")
        parts.append(part)
    return Answer(response.status, b"".join(parts))


class _Pinned(httpcore.SyncBackend):
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
        return self._stream.read(max_bytes, min(timeout or SECONDS, _left(self._ends)))

    def write(self, buffer: bytes, timeout: float | None = None) -> None:
        self._stream.write(buffer, min(timeout or SECONDS, _left(self._ends)))

    def close(self) -> None:
        self._stream.close()

    def start_tls(
        self, ssl_context: ssl.SSLContext, server_hostname: str | None = None, timeout: float | None = None
    ) -> httpcore.NetworkStream:
        seconds = min(timeout or SECONDS, _left(self._ends))
        return _Timed(self._stream.start_tls(ssl_context, server_hostname, seconds), self._ends)

    def get_extra_info(self, info: str) -> Any:
        return self._stream.get_extra_info(info)


outbound = Outbound()
