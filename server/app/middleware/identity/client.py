"""The client of a request: user agent, refresh cookie, and the time the request arrived."""

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

AUTH_PATH = "/api/v1/auth"  # browsers send the cookie to these paths only
LAST_DATA_RECEIVED = 52  # offset of `tcpi_last_data_recv` (milliseconds) in `struct tcp_info` (linux/tcp.h)
TICK = timedelta(milliseconds=10)  # the coarsest kernel tick (HZ=100)


@dataclass(frozen=True, slots=True)
class Client:
    """The client of a request."""

    user_agent: str | None
    refresh_cookie: str | None
    came_at: datetime


def cookie_name() -> str:
    """Return the cookie's name; with HTTPS it has the prefix `__Secure-`, so that browsers require HTTPS for it."""
    secure = current_app.config["SETTINGS"].public_url.startswith("https://")
    # Not `__Host-`, which requires the path `/`: the cookie would be sent with every request.
    return "__Secure-fairlead-refresh" if secure else "fairlead-refresh"


def read_client() -> Client:
    """Return the client of this request; Forbidden if a refresh cookie comes from an untrusted origin."""
    cookie = request.cookies.get(cookie_name())
    if cookie is not None:
        check_origin()
    return Client(request.headers.get("User-Agent"), cookie, came_at(request.environ.get("gunicorn.socket")))


def came_at(connection: socket.socket | None) -> datetime:
    """Return when the request had fully arrived, which on a busy server is before its processing starts.

    Known for TCP on Linux; otherwise returns the current time. Never earlier than the arrival, at most slightly later.
    """
    waited = _milliseconds_since_data(connection) if connection is not None and sys.platform == "linux" else 0
    now = clock.now()  # read after asking the kernel, so that a pause between the two can only make the result later
    return min(now, now - timedelta(milliseconds=waited) + TICK)


def _milliseconds_since_data(connection: socket.socket) -> int:
    try:
        tcp_info = connection.getsockopt(socket.IPPROTO_TCP, socket.TCP_INFO, 256)
        return int(struct.unpack_from("=I", tcp_info, LAST_DATA_RECEIVED)[0])
    except (OSError, struct.error):  # not a TCP socket
        return 0


def set_refresh_cookie(response: Response, token: str, seconds: int) -> Response:
    """Set the refresh token as a cookie that scripts cannot read."""
    response.set_cookie(cookie_name(), token, max_age=seconds, **_attributes())
    return response


def drop_cookie(response: Response) -> Response:
    """Delete the refresh cookie."""
    response.delete_cookie(cookie_name(), **_attributes())
    return response


def _attributes() -> dict[str, Any]:
    secure = cookie_name().startswith("__Secure-")
    return {"path": AUTH_PATH, "secure": secure, "httponly": True, "samesite": "Strict"}


def check_origin() -> None:
    """Forbidden if a browser says that the request comes from an untrusted origin."""
    origin = request.headers.get("Origin")
    settings = current_app.config["SETTINGS"]
    own = urlsplit(settings.public_url)
    if origin == "null" and request.headers.get("Sec-Fetch-Site") == "same-origin":
        return  # browsers say so of a form on a page without a referrer; scripts cannot set this header
    trusted = {*settings.cors_origins, f"{own.scheme}://{own.netloc}"}
    # A second barrier after SameSite=Strict, which lets sibling domains pass: they are of the same site.
    if origin is not None and origin not in trusted:
        raise Forbidden("This origin is not allowed to use the cookie.", code="foreign_origin")
