"""Checks of the connection before a request is read: HTTPS, time limits, OPTIONS."""

from __future__ import annotations

import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import Any

from flask import Flask, Response, current_app, redirect, request

from app.utils.addresses import addresses
from app.utils.digest import chunks_of
from app.utils.errors import Forbidden

OPEN = "/health/"  # health checks come from inside the network
PRIVATE = "/api/"
FORM = 1024 * 1024  # bytes that a multipart form adds to a file
SILENCE = 10  # seconds
JOBS = "/api/inngest"  # signed calls from inside the network


def install(app: Flask) -> None:
    """Register the checks. HTTPS is enforced if PUBLIC_URL is https and a trusted proxy reports the scheme."""
    settings = app.config["SETTINGS"]
    # First, since the body of a request that another check refuses is read, too.
    app.before_request(_hang_up_on_silence)
    if settings.public_url.startswith("https://") and settings.trusted_proxies:
        app.before_request(_insist_on_https)
    app.before_request(_answer_options)
    app.after_request(_wait_again)
    app.after_request(_read_the_rest)  # runs first: the order is reversed


def _insist_on_https() -> Response | None:
    """Refuse an unencrypted request with Forbidden; redirect a GET or HEAD of a page to HTTPS."""
    if request.scheme == "https" or request.path.startswith((OPEN, JOBS)):
        return None
    if request.path.startswith(PRIVATE) or request.method not in ("GET", "HEAD"):
        # No redirect: the request, perhaps with a password, has already crossed the network in clear text.
        raise Forbidden(f"Use {addresses.api}: this request was not encrypted.", code="https_required")
    # To PUBLIC_URL, never to the Host that the client sent.
    return redirect(f"{addresses.api}{request.full_path.rstrip('?')}", 308)  # type: ignore[return-value]  # of werkzeug


def _answer_options() -> Response | None:
    """Answer OPTIONS of an existing path with its allowed methods and no body (RFC 9110, 9.3.7).

    Preflights of browsers, to which Flask-Cors adds its headers, succeed for any path: otherwise a browser app would
    see a failed connection instead of the 404 or 405 of its request.
    """
    if request.method != "OPTIONS":
        return None
    if "Access-Control-Request-Method" in request.headers:
        return _empty()
    if request.url_rule is None:
        return None
    adapter: Any = current_app.create_url_adapter(request)
    allowed = adapter.allowed_methods()
    answer = _empty()
    answer.headers["Allow"] = ", ".join(sorted(allowed))
    return answer


def _empty() -> Response:
    answer = Response(status=204)
    del answer.headers["Content-Type"]
    return answer


def _hang_up_on_silence() -> None:
    """Limit the wait for the next part of a body, so that a client that stops sending does not block a thread."""
    if sock := request.environ.get("gunicorn.socket"):
        sock.settimeout(SILENCE)


def _wait_again(answer: Response) -> Response:
    """Remove the time limit before the response is sent: clients may read slowly."""
    if sock := request.environ.get("gunicorn.socket"):
        sock.settimeout(None)
    return answer


def _read_the_rest(answer: Response) -> Response:
    """Read the rest of the body before an error response.

    Otherwise a proxy that is still sending answers its client with 502 instead of the error. Slow bodies and those
    above every limit are cut off. Only if the server ends the stream with the body, since the read could block
    otherwise (PEP 3333).
    """
    environ, size = request.environ, request.content_length or 0
    stream = environ["wsgi.input"]
    # gunicorn sets `failed` once reading has raised an error, such as the time limit of a silent client.
    is_good = environ.get("wsgi.input_terminated", False) and not getattr(stream, "failed", False)
    if is_good and answer.status_code >= 400 and 0 < size <= current_app.config["SETTINGS"].max_import_bytes + FORM:
        with suppress(Exception), _at_most(SILENCE, environ.get("gunicorn.socket")):  # the response does not change
            for _ in chunks_of(stream):
                pass
    return answer


@contextmanager
def _at_most(seconds: float, sock: socket.socket | None) -> Iterator[None]:
    """Stop reading from a socket after this many seconds, even if the client is still sending."""
    if sock is None:
        yield
        return
    # The socket's own time limit begins again with each byte: a slow trickle would never exceed it.
    end = threading.Timer(seconds, sock.shutdown, [socket.SHUT_RD])
    end.start()
    try:
        yield
    finally:
        end.cancel()
