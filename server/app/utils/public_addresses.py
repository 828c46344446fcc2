"""Which addresses belong to the public internet."""

from __future__ import annotations

from ipaddress import IPv6Address, ip_address, ip_network

# Addresses that lead to others: NAT64 (RFC 6052, 8215), 6to4 (RFC 3056), Teredo (RFC 4380), IPv4-compatible and
# site-local ones (RFC 4291), and those of protocols (RFC 6890).
LEADING_ELSEWHERE = tuple(
    map(ip_network, ("64:ff9b::/96", "64:ff9b:1::/48", "2002::/16", "2001::/32", "::/96", "fec0::/10"))
)
OF_PROTOCOLS = ip_network("192.0.0.0/24")


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
