"""Requests to addresses that users enter: never to private ones, whatever their names resolve to.

The name is resolved once, each address is checked, and the connection goes to the checked address, so that a name that
changes its address in between (DNS rebinding) reaches nothing else.
"""

from __future__ import annotations

import socket
import time
from dataclasses import dataclass
from ipaddress import IPv6Address, ip_address, ip_network

import httpx

from app.utils.errors import Invalid, UpstreamFailed

SECONDS = 10.0  # to connect, and between two parts of a response
DEADLINE = 30.0  # for the whole response, which may come in drops
# Addresses that lead to others: NAT64 (RFC 6052, 8215), 6to4 (RFC 3056), Teredo (RFC 4380).
LEADING_ELSEWHERE = tuple(map(ip_network, ("64:ff9b::/96", "64:ff9b:1::/48", "2002::/16", "2001::/32")))


@dataclass(frozen=True, slots=True)
class Answer:
    """The status and the body of a response."""

    status: int
    body: bytes


class Outbound:
    """Resolves names and sends requests; create_app() says whether private addresses are allowed."""

    def __init__(self) -> None:
        self.allows_private = False

    def init(self, allows_private: bool) -> None:
        self.allows_private = allows_private

    def resolve(self, host: str, port: int) -> str:
        """Return an address of a host; UpstreamFailed if it has none, Invalid if one of them is not public."""
        try:
            found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
        except (OSError, UnicodeError) as error:
            raise UpstreamFailed("The server cannot be found.", code="host_not_found") from error
        addresses = [str(each[4][0]) for each in found]
        if not self.allows_private and not all(map(is_public, addresses)):
            raise Invalid("The server has a private address.", code="private_address")
        return addresses[0]

    def check_url(self, url: str) -> None:
        """Invalid unless the URL is one of HTTPS without a user; with private addresses, HTTP is allowed, too."""
        try:
            parsed = httpx.URL(url)
        except httpx.InvalidURL as error:
            raise Invalid("The URL is not valid.", code="bad_url") from error
        schemes = ("http", "https") if self.allows_private else ("https",)
        if parsed.scheme not in schemes or not parsed.host or parsed.userinfo:
            raise Invalid("The URL must begin with https:// and name no user.", code="bad_url")

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

        UpstreamFailed if there is none in time or it is longer than `limit` bytes, Invalid as in `resolve`.
        """
        self.check_url(url)
        parsed = httpx.URL(url)
        address = self.resolve(parsed.host, parsed.port or (443 if parsed.scheme == "https" else 80))
        pinned = parsed.copy_with(host=address)
        sent = {"Host": parsed.netloc.decode(), "User-Agent": "Fairlead", **(headers or {})}
        try:
            # Neither a proxy nor credentials from the environment of the server.
            with httpx.Client(trust_env=False, timeout=SECONDS) as client:
                request = client.build_request(
                    method, pinned, headers=sent, content=content, extensions={"sni_hostname": parsed.host}
                )
                return _read(client.send(request, auth=auth, stream=True), limit)
        except (httpx.HTTPError, OSError) as error:
            raise UpstreamFailed("The server does not respond.", code="upstream_failed") from error


def is_public(address: str) -> bool:
    """Return whether an address belongs to the public internet, and leads nowhere else."""
    found = ip_address(address.partition("%")[0])
    if isinstance(found, IPv6Address):
        if found.ipv4_mapped is not None:
            return is_public(str(found.ipv4_mapped))
        if any(found in network for network in LEADING_ELSEWHERE):
            return False
    return found.is_global and not found.is_multicast


def _read(response: httpx.Response, limit: int) -> Answer:
    ends, parts, size = time.monotonic() + DEADLINE, [], 0
    try:
        for part in response.iter_bytes():
            size += len(part)
            if size > limit or time.monotonic() > ends:
                raise UpstreamFailed("The response is too large, or takes too long.", code="upstream_failed")
            parts.append(part)
    finally:
        response.close()
    return Answer(response.status_code, b"".join(parts))


outbound = Outbound()
