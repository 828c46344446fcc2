"""Requests to addresses of users reach the public internet only."""

from __future__ import annotations

import socket
import threading
import time
from contextlib import ExitStack, suppress

import pytest

from app.utils import outbound as outbound_module
from app.utils.errors import Invalid, Unavailable, UpstreamFailed
from app.utils.outbound import Outbound
from app.utils.public_addresses import is_public


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
        ("::127.0.0.1", False),
        ("fec0::1", False),
        ("192.0.0.8", False),
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
    "url",
    [
        "http://x.example",
        "ftp://x.example",
        "https://",
        "https://u:p@x.example",
        "nonsense",
        "https://[::1",
        "https://x.example:0",
        "https://x.example:70000",
        "https://x.example:9999999999999999/",
    ],
)
def test_urls_that_are_refused(url):
    with pytest.raises(Invalid) as refusal:
        Outbound().check_url(url)
    assert refusal.value.code == "bad_url"


def test_a_name_that_does_not_exist():
    with pytest.raises(UpstreamFailed) as failure:
        Outbound().resolve("nowhere.invalid", 443)
    assert failure.value.code == "host_not_found"


def _serving(*answer: bytes, pause: float = 0.0):
    """Serve one answer in parts to each connection, and return the port."""
    server = socket.create_server(("127.0.0.1", 0))

    def serve() -> None:
        with suppress(OSError):
            while True:
                connection, _ = server.accept()
                with connection, suppress(OSError):
                    connection.recv(4096)
                    for part in answer:
                        connection.sendall(part)
                        time.sleep(pause)

    threading.Thread(target=serve, daemon=True).start()
    return server


@pytest.fixture
def asking():
    """A client that may reach servers of the test."""
    client = Outbound()
    client.init(allows_private=True)
    return client


def _fetch(asking, server, **options):
    with server:
        return asking.fetch("GET", f"http://127.0.0.1:{server.getsockname()[1]}/x", limit=1_000, **options)


def test_an_answer_is_read_as_it_is(asking):
    answer = _fetch(asking, _serving(b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok"))
    assert (answer.status, answer.body) == (200, b"ok")


@pytest.mark.parametrize(
    "answer",
    [
        b"HTTP/1.1 200 OK\r\nContent-Encoding: gzip, gzip\r\nContent-Length: 2\r\n\r\nxx",
        b"HTTP/1.1 200 OK\r\nContent-Length: 2000\r\n\r\n" + b"x" * 2000,
        b"HTTP/1.1 200 OK\r\nContent-Length: 50\r\n\r\ncut off",
        b"nonsense\r\n\r\n",
        b"",
    ],
)
def test_answers_that_are_refused(asking, answer):
    with pytest.raises(UpstreamFailed):
        _fetch(asking, _serving(answer))


def test_redirects_are_not_followed(asking):
    answer = _fetch(
        asking, _serving(b"HTTP/1.1 302 Found\r\nLocation: http://127.0.0.1:1/\r\nContent-Length: 0\r\n\r\n")
    )
    assert answer.status == 302


def test_a_server_that_sends_drops_is_cut_off(asking, monkeypatch):
    monkeypatch.setattr(outbound_module, "DEADLINE", 0.5)
    drops = _serving(b"HTTP/1.1 200 OK\r\n", *[b"X"] * 100, pause=0.1)
    begun = time.monotonic()
    with pytest.raises(UpstreamFailed):
        _fetch(asking, drops)
    assert time.monotonic() - begun < 5


def test_a_few_connections_at_once_and_no_more(asking, monkeypatch):
    monkeypatch.setattr(outbound_module, "SLOT_SECONDS", 0.01)
    with ExitStack() as taken:
        for _ in range(outbound_module.AT_ONCE):
            taken.enter_context(asking.slot())
        with pytest.raises(Unavailable) as refusal, asking.slot():
            pass
    assert refusal.value.headers["Retry-After"]
    with asking.slot():
        pass
