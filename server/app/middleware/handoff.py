"""Hands the connection of a request over to the stream hub, so that waiting costs no thread of the server."""

from __future__ import annotations

import errno
import os
import socket
import ssl
from collections.abc import Callable, Iterable
from typing import Any

from flask import Flask, Response, request

from app.utils.stream_hub import Positions, stream_hub
from app.utils.stream_waiter import Waiter

KEY = "fairlead.handoff"
SOCKET = "gunicorn.socket"  # other servers do not offer it
DROPPED = {"content-length", "connection", "etag", "link"}  # of an answer that is not complete yet

Wsgi = Callable[[dict[str, Any], Callable[..., Any]], Iterable[bytes]]


def install(app: Flask) -> None:
    """Wrap the application, outside of everything that adds headers."""
    app.wsgi_app = _handing_over(app.wsgi_app)  # type: ignore[method-assign, assignment]  # as Flask documents it


def is_possible() -> bool:
    """Return whether the server can give this connection away: gunicorn can, without TLS of its own."""
    taken = request.environ.get(SOCKET)
    return request.method == "GET" and taken is not None and not isinstance(taken, ssl.SSLSocket)


def hand_over(response: Response, make: Callable[[bytes], Waiter], positions: Positions) -> Response:
    """Let the hub answer instead, with the headers of `response`, which `make` gets as bytes."""
    request.environ[KEY] = (make, positions)
    return response


def _handing_over(inner: Wsgi) -> Wsgi:
    def wsgi(environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
        seen: list[Any] = []

        def start(status: str, headers: list[tuple[str, str]], *error: Any) -> Any:
            seen[:] = [status, headers]
            return start_response(status, headers, *error)  # sends nothing before the first part of a body

        body = inner(environ, start)
        if KEY not in environ or not seen[0].startswith("200"):  # a later hook may have failed
            return body
        if hasattr(body, "close"):
            body.close()
        make, positions = environ[KEY]
        stream_hub.add(_take(environ[SOCKET]), make(_head(*seen)), positions)
        # To the server, the client has left: it writes nothing and takes the next request.
        raise BrokenPipeError(errno.EPIPE, "the connection was handed over")

    return wsgi


def _head(status: str, headers: list[tuple[str, str]]) -> bytes:
    kept = [(name, value) for name, value in headers if name.lower() not in DROPPED]
    lines = [f"HTTP/1.1 {status}", *(f"{name}: {value}" for name, value in kept), "Connection: close"]
    return "".join(f"{line}\r\n" for line in lines).encode("latin-1")


def _take(of_server: socket.socket) -> socket.socket:
    """Return the connection, and leave the server a socket that is closed at the other end.

    The server shuts its socket down, which would end the connection for every copy of it.
    """
    taken = socket.socket(fileno=os.dup(of_server.fileno()))
    left, right = socket.socketpair()
    os.dup2(left.fileno(), of_server.fileno())
    left.close()
    right.close()
    taken.setblocking(False)
    return taken
