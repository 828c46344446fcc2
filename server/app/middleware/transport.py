"""What a request must be before anything reads it: encrypted where we are served by https."""

from __future__ import annotations

from flask import Flask, Response, current_app, redirect, request

from app.utils.addresses import addresses
from app.utils.errors import Forbidden

OPEN = "/health/"  # what watches us stands inside the network
PRIVATE = "/api/"
JOBS = "/api/inngest"  # signed calls from inside the network


def install(app: Flask) -> None:
    """Check each request; behind a proxy that is trusted to tell, plain http is refused where PUBLIC_URL is https."""
    settings = app.config["SETTINGS"]
    if settings.public_url.startswith("https://") and settings.trusted_proxies:
        app.before_request(_insist_on_https)
    app.before_request(_answer_options)


def _insist_on_https() -> Response | None:
    """A password that came in clear is not taken; a page is shown again where it is safe."""
    if request.scheme == "https" or request.path.startswith((OPEN, JOBS)):
        return None
    if request.path.startswith(PRIVATE) or request.method not in ("GET", "HEAD"):
        raise Forbidden(f"Use {addresses.api}: this came unencrypted.", code="https_required")
    return redirect(f"{addresses.api}{request.full_path.rstrip('?')}", 308)  # type: ignore[return-value]


def _answer_options() -> Response | None:
    """OPTIONS of what is there says what may be asked of it, in no body (RFC 9110, 9.3.7)."""
    if request.method != "OPTIONS" or request.url_rule is None or "Access-Control-Request-Method" in request.headers:
        return None
    allowed = current_app.create_url_adapter(request).allowed_methods()  # type: ignore[union-attr]
    return Response(status=204, headers={"Allow": ", ".join(sorted(allowed))})
