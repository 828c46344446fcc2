"""Headers that tell browsers what not to do."""

from __future__ import annotations

from flask import Flask, Response, request

HEADERS = {
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Resource-Policy": "same-site",
    "Permissions-Policy": "camera=(), microphone=(), geolocation=()",
}
API_CSP = "default-src 'none'; frame-ancestors 'none'"
HSTS = "max-age=31536000; includeSubDomains"


def install(app: Flask) -> None:
    """Put the headers on every answer."""
    secure = app.config["SETTINGS"].public_url.startswith("https://")

    fixed = list(HEADERS.items()) + ([("Strict-Transport-Security", HSTS)] if secure else [])

    @app.after_request
    def add(response: Response) -> Response:
        response.headers.extend(fixed)
        if "Content-Security-Policy" not in response.headers:
            response.headers.add("Content-Security-Policy", API_CSP)
        if "Cache-Control" not in response.headers and request.path.startswith(("/api/", "/health/")):
            response.headers.add("Cache-Control", "no-store")
        return response
