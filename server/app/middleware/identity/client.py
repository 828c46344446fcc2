"""What an endpoint may know of its client: address, agent, and the refresh cookie of a browser."""

from __future__ import annotations

import socket
import struct
import sys
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import urlsplit

from flask import Response, current_app, request

from app.utils import clock
from app.utils.errors import Forbidden

AUTH_PATH = "/api/v1/auth"
LAST_DATA_RECEIVED = 52  # where `tcpi_last_data_recv` stands in `struct tcp_info` (linux/tcp.h), in milliseconds
TICK = timedelta(milliseconds=10)  # the coarsest that a kernel counts in


@dataclass(frozen=True, slots=True)
class Client:
    """The calling program."""

    user_agent: str | None
    refresh_cookie: str | None
    came_at: datetime


def cookie_name() -> str:
    """The cookie's name; the prefix `__Secure-` makes browsers insist on HTTPS where we are served by it."""
    secure = current_app.config["SETTINGS"].public_url.startswith("https://")
    return "__Secure-fairlead-refresh" if secure else "fairlead-refresh"


def read_client() -> Client:
    """The client of this request; a refresh cookie counts only from an origin that we trust."""
    cookie = request.cookies.get(cookie_name())
    if cookie is not None:
        _check_origin()
    return Client(request.headers.get("User-Agent"), cookie, came_at(request.environ.get("gunicorn.socket")))


def came_at(connection: socket.socket | None) -> datetime:
    """When the request had arrived in full: a busy server takes it up later, and others that were sent after it before.

    Linux knows, for TCP; elsewhere it is now. Never earlier than it was, and hardly later.
    """
    waited = _milliseconds_since_data(connection) if connection is not None and sys.platform == "linux" else 0
    now = clock.now()  # after the kernel was asked: a pause between the two makes it later, not earlier
    return min(now, now - timedelta(milliseconds=waited) + TICK)


def _milliseconds_since_data(connection: socket.socket) -> int:
    try:
        tcp_info = connection.getsockopt(socket.IPPROTO_TCP, socket.TCP_INFO, 256)
        return int(struct.unpack_from("=I", tcp_info, LAST_DATA_RECEIVED)[0])
    except (OSError, struct.error):  # no TCP
        return 0


def set_refresh_cookie(response: Response, token: str, seconds: int) -> Response:
    """Put the refresh token where scripts cannot read it."""
    response.set_cookie(cookie_name(), token, max_age=seconds, **_attributes())
    return response


def drop_cookie(response: Response) -> Response:
    """Take the refresh cookie back."""
    response.delete_cookie(cookie_name(), **_attributes())
    return response


def _attributes() -> dict[str, Any]:
    secure = cookie_name().startswith("__Secure-")
    return {"path": AUTH_PATH, "secure": secure, "httponly": True, "samesite": "Strict"}


def _check_origin() -> None:
    origin = request.headers.get("Origin")
    settings = current_app.config["SETTINGS"]
    own = urlsplit(settings.public_url)
    trusted = {*settings.cors_origins, f"{own.scheme}://{own.netloc}"}
    if origin is not None and origin not in trusted:
        raise Forbidden("This origin is not allowed to use the cookie.", code="foreign_origin")
