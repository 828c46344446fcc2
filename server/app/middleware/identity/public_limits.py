"""How often somebody without an account may ask: counted by address."""

from __future__ import annotations

from ipaddress import IPv6Address, ip_address, ip_network

from flask import current_app, request

from app.middleware.identity.authentication import enforce
from app.utils import rate_limiter
from app.utils.rate_limiter import Limit

IPV6_PREFIX = 64  # a subscriber has at least so much (RFC 6177), and changes the rest at will


def enforce_public(policy: str) -> None:
    """Count a request under a limit of the settings; the error says when to come again."""
    rate = getattr(current_app.config["SETTINGS"], f"rate_limit_{policy}")
    enforce(rate_limiter.hit(Limit.parse(policy, network_of(request.remote_addr), rate)))


def network_of(address: str | None) -> str:
    """Who an address is counted as: itself, or the network of a subscriber where it is IPv6."""
    try:
        found = ip_address(address or "")
    except ValueError:
        return address or "-"
    if isinstance(found, IPv6Address):
        mapped = found.ipv4_mapped
        return str(mapped or ip_network((int(found), IPV6_PREFIX), strict=False))
    return str(found)
