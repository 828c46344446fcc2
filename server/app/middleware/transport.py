"""What a request must be before anything reads it: encrypted where we are served by https."""

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

OPEN = "/health/"  # what watches us stands inside the network
PRIVATE = "/api/"
FORM = 1024 * 1024  # bytes of a form around a file
SILENCE = 10  # seconds
JOBS = "/api/inngest"  # signed calls from inside the network


def install(app: Flask) -> None:
    """Check each request; behind a proxy that is trusted to tell, plain http is refused where PUBLIC_URL is https."""
    settings = app.config["SETTINGS"]
    app.before_request(_hang_up_on_silence)
    if settings.public_url.startswith("https://") and settings.trusted_proxies:
        app.before_request(_insist_on_https)
    app.before_request(_answer_options)
    app.after_request(_wait_again)
    app.after_request(_read_the_rest)  # the last one registered comes first


def _insist_on_https() -> Response | None:
    """A password that came in clear is not taken; a page is shown again where it is safe."""
    if request.scheme == "https" or request.path.startswith((OPEN, JOBS)):
        return None
    if request.path.startswith(PRIVATE) or request.method not in ("GET", "HEAD"):
        raise Forbidden(f"Use {addresses.api}: this request was not encrypted.", code="https_required")
    return redirect(f"{addresses.api}{request.full_path.rstrip('?')}", 308)  # type: ignore[return-value]  # of werkzeug


def _answer_options() -> Response | None:
    """OPTIONS of what is there says what may be asked of it, in no body (RFC 9110, 9.3.7)."""
    if request.method != "OPTIONS" or request.url_rule is None or "Access-Control-Request-Method" in request.headers:
        return None
    adapter: Any = current_app.create_url_adapter(request)
    allowed = adapter.allowed_methods()
    answer = Response(status=204, headers={"Allow": ", ".join(sorted(allowed))})
    del answer.headers["Content-Type"]
    return answer


def _hang_up_on_silence() -> None:
    """Wait only so long for the next piece of a body: a client that stops sending must not keep a thread."""
    if sock := request.environ.get("gunicorn.socket"):
        sock.settimeout(SILENCE)


def _wait_again(answer: Response) -> Response:
    """Who reads an answer may take any time."""
    if sock := request.environ.get("gunicorn.socket"):
        sock.settimeout(None)
    return answer


def _read_the_rest(answer: Response) -> Response:
    """Read on to the end of a body that is refused: a proxy that still sends when the connection ends tells its client
    502 and not why. Larger ones than any that we take are cut off, and so are slow ones, which no proxy sends. Only
    where the server ends the stream with the body: elsewhere reading on would wait for what never comes (PEP 3333)."""
    environ, size = request.environ, request.content_length or 0
    stream = environ["wsgi.input"]
    is_good = environ.get("wsgi.input_terminated", False) and not getattr(stream, "failed", False)
    if is_good and answer.status_code >= 400 and 0 < size <= current_app.config["SETTINGS"].max_import_bytes + FORM:
        with suppress(Exception), _at_most(SILENCE, environ.get("gunicorn.socket")):  # the answer stays what it is
            for _ in chunks_of(stream):
                pass
    return answer


@contextmanager
def _at_most(seconds: float, sock: socket.socket | None) -> Iterator[None]:
    """Nothing more comes from a socket after so many seconds, however slowly the client sends."""
    if sock is None:
        yield
        return
    end = threading.Timer(seconds, sock.shutdown, [socket.SHUT_RD])
    end.start()
    try:
        yield
    finally:
        end.cancel()
