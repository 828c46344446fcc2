"""Security headers of every response."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

from flask import Flask

HEADERS = {
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "no-referrer",  # links to offers and withdrawals contain tokens
    "Cross-Origin-Resource-Policy": "same-site",
    "Permissions-Policy": "camera=(), microphone=(), geolocation=()",
}
FIXED = set(HEADERS)
# For responses without a policy of their own, such as JSON: a browser loads nothing.
CSP = ("Content-Security-Policy", "default-src 'none'; frame-ancestors 'none'")
NO_STORE = ("Cache-Control", "no-store")
HSTS = ("Strict-Transport-Security", "max-age=31536000; includeSubDomains")
PRIVATE = ("/api/", "/health/")  # no cache may store their responses

Wsgi = Callable[[dict[str, Any], Callable[..., Any]], Iterable[bytes]]


def install(app: Flask) -> None:
    """Add the headers to every response, including those that Flask does not create."""
    secure = app.config["SETTINGS"].public_url.startswith("https://")
    wrapped = _with_headers(app.wsgi_app, secure)
    app.wsgi_app = wrapped  # type: ignore[method-assign, assignment]  # as Flask documents it


def _with_headers(inner: Wsgi, secure: bool) -> Wsgi:
    fixed = [*HEADERS.items(), *([HSTS] if secure else [])]

    def wsgi(environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
        def start(status: str, headers: list[tuple[str, str]], *error: Any) -> Any:
            present = {name for name, _ in headers}
            # Few responses set one of these themselves, such as a logo its Cross-Origin-Resource-Policy.
            headers.extend(fixed if not present & FIXED else [each for each in fixed if each[0] not in present])
            if CSP[0] not in present:
                headers.append(CSP)
            if NO_STORE[0] not in present and environ["PATH_INFO"].startswith(PRIVATE):
                headers.append(NO_STORE)
            return start_response(status, headers, *error)

        return inner(environ, start)

    return wsgi
