"""Requests to addresses of users reach the public internet only."""

from __future__ import annotations

import socket

import pytest

from app.utils.errors import Invalid, UpstreamFailed
from app.utils.outbound import Outbound, is_public


@pytest.mark.parametrize(
    ("address", "answer"),
    [
        ("93.184.216.34", True),
        ("2606:2800:220:1::1", True),
        ("127.0.0.1", False),
        ("10.1.2.3", False),
        ("169.254.169.254", False),
        ("100.64.0.1", False),
        ("0.0.0.0", False),
        ("224.0.0.1", False),
        ("::1", False),
        ("fe80::1%eth0", False),
        ("fd00::1", False),
        ("::ffff:127.0.0.1", False),
        ("64:ff9b::7f00:1", False),
        ("2002:7f00:1::", False),
        ("2001:0:4136:e378::", False),
    ],
)
def test_public_addresses(address, answer):
    assert is_public(address) is answer


def test_a_name_with_one_private_address_is_refused(monkeypatch):
    found = [(0, 0, 0, "", ("93.184.216.34", 443)), (0, 0, 0, "", ("127.0.0.1", 443))]
    monkeypatch.setattr(socket, "getaddrinfo", lambda *args, **options: found)
    with pytest.raises(Invalid) as refusal:
        Outbound().resolve("both.example", 443)
    assert refusal.value.code == "private_address"


@pytest.mark.parametrize(
    "url", ["http://x.example", "ftp://x.example", "https://", "https://u:p@x.example", "nonsense", "https://[::1"]
)
def test_urls_that_are_refused(url):
    with pytest.raises(Invalid) as refusal:
        Outbound().check_url(url)
    assert refusal.value.code == "bad_url"


def test_a_name_that_does_not_exist():
    with pytest.raises(UpstreamFailed) as failure:
        Outbound().resolve("nowhere.invalid", 443)
    assert failure.value.code == "host_not_found"
