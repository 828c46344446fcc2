"""Requests to addresses that users enter: never to private ones, whatever their names resolve to, and never for long.

The name is resolved once, each address is checked, and the connection goes to the checked address, so that a name that
changes its address in between (DNS rebinding) reaches nothing else. A deadline holds for the whole connection, since a
server may send its answer in drops.
"""

from __future__ import annotations

import base64
import socket
import ssl
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from urllib.parse import SplitResult, urlsplit

import httpcore

from app.utils.errors import Invalid, Unavailable, UpstreamFailed
from app.utils.outbound_streams import SECONDS, Pinned
from app.utils.public_addresses import is_public

DEADLINE = 30.0  # for the whole connection
AT_ONCE, SLOT_SECONDS = 6, 3.0  # connections of this process, which each hold a thread
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
        backend = Pinned(address, time.monotonic() + DEADLINE)
        try:
            # Neither a proxy nor credentials from the environment of the server.
            with self.slot(), httpcore.ConnectionPool(ssl.create_default_context(), network_backend=backend) as pool:
                with pool.stream(
                    method, url, headers=list(sent.items()), content=content, extensions=waits
                ) as response:
                    return _read(response, limit)
        except FAILURES as error:
            raise UpstreamFailed("The server does not respond.", code="upstream_failed") from error


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


outbound = Outbound()
