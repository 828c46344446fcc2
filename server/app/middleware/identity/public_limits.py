"""Rate limits of requests without authentication, per IP address."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from ipaddress import IPv6Address, ip_address, ip_network

from flask import current_app, request

from app.middleware.identity.authentication import enforce
from app.utils import rate_limiter
from app.utils.rate_limiter import Limit

IPV6_PREFIX = 64  # a subscriber gets at least a /64 (RFC 6177) and can use any address in it


def enforce_public(policy: str) -> None:
    """Count a request under a rate limit of the settings; TooManyRequests, with Retry-After, beyond it."""
    enforce(rate_limiter.hit(_limit(policy)))


@contextmanager
def counting_success(policy: str) -> Iterator[None]:
    """Count the request under a rate limit, unless the block fails; TooManyRequests before it, beyond the limit."""
    limit = _limit(policy)
    try:
        enforce(rate_limiter.hit(limit))
        yield
    except BaseException:
        rate_limiter.give_back(limit)  # counted at first, so that requests at the same time cannot all pass
        raise


def has_room(policy: str, rate_of: str) -> bool:
    """Count something under the rate of another limit, and return whether it is within it."""
    return not rate_limiter.hit(_limit(policy, rate_of)).exceeded


def _limit(policy: str, rate_of: str = "") -> Limit:
    rate = getattr(current_app.config["SETTINGS"], f"rate_limit_{rate_of or policy}")
    return Limit.parse(policy, network_of(request.remote_addr), rate)


def network_of(address: str | None) -> str:
    """Return what an address is counted as: itself, or the /64 network of an IPv6 address."""
    try:
        found = ip_address(address or "")
    except ValueError:
        return address or "-"  # a Unix socket has no IP address
    if isinstance(found, IPv6Address):
        mapped = found.ipv4_mapped  # ::ffff:192.0.2.7 is an IPv4 client on a socket for both
        return str(mapped or ip_network((int(found), IPV6_PREFIX), strict=False))
    return str(found)
