"""The documentation page: Scalar's reference, served by us under a strict content security policy, compressed."""

from __future__ import annotations

import gzip
import json
from functools import lru_cache
from pathlib import Path

import flask_openapi3_scalar
import orjson
from flask import Response, current_app, request
from werkzeug.exceptions import NotFound

from app.middleware.openapi.generator import document

ASSETS = Path(flask_openapi3_scalar.__file__).parent / "templates" / "scalar"
FILES = {  # what the page needs of the package, with media types
    "scalar.js": ("js/scalar.standalone.js", "text/javascript; charset=utf-8"),
    "scalar.svg": ("images/scalar.svg", "image/svg+xml"),
}
# The reference writes its own style sheets into the page; scripts come from here alone.
CSP = (
    "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; font-src 'self'; "
    "connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
)
PAGE = """<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>Fairlead API</title>
<link rel="icon" href="/docs/assets/scalar.svg">
</head>
<body>
<noscript><p>This page needs JavaScript. The document is at <a href="/openapi.json">/openapi.json</a>.</p></noscript>
<div id="reference"></div>
<script src="/docs/assets/scalar.js"></script>
<script src="/docs/assets/start.js"></script>
</body>
</html>
"""
SETTINGS = {
    "url": "/openapi.json",
    "layout": "modern",
    "theme": "default",
    "hideModels": False,
    "persistAuth": True,  # the token stays in this browser
    "authentication": {"preferredSecurityScheme": "bearer"},
    "defaultHttpClient": {"targetKey": "shell", "clientKey": "curl"},
    "operationTitleSource": "summary",
    "hideClientButton": True,
    "showDeveloperTools": "never",
    # Nothing is loaded from elsewhere, and nothing is sent.
    "withDefaultFonts": False,
    "telemetry": False,
    "agent": {"disabled": True},
    "mcp": {"disabled": True},
}
# A script of its own, since the policy above allows no inline scripts.
START = f'Scalar.createApiReference("#reference", {json.dumps(SETTINGS)});\n'
LEVEL = 6  # of gzip; the document shrinks to a tenth


def openapi_response() -> Response:
    """Return the document as JSON."""
    app = current_app._get_current_object()  # type: ignore[attr-defined]  # a proxy
    if (packed := app.extensions.get("openapi_bytes")) is None:
        plain = orjson.dumps(document(app))
        app.extensions["openapi_bytes"] = packed = (plain, gzip.compress(plain, LEVEL))
    return _answer(packed, "application/json")


def page_response() -> Response:
    """Return the page."""
    response = Response(PAGE, content_type="text/html; charset=utf-8")
    response.headers["Content-Security-Policy"] = CSP
    response.headers["Cache-Control"] = "no-cache"
    return response


def asset_response(name: str) -> Response:
    """Return an asset of the page; NotFound if the page has no such asset."""
    if name == "start.js":
        response = Response(START, content_type="text/javascript; charset=utf-8")
    elif name in FILES:
        response = _answer(_packed(FILES[name][0]), FILES[name][1])
    else:
        raise NotFound
    response.headers["Content-Security-Policy"] = CSP
    response.headers["Cache-Control"] = "public, max-age=3600"
    return response


@lru_cache(maxsize=len(FILES))
def _packed(path: str) -> tuple[bytes, bytes]:
    plain = (ASSETS / path).read_bytes()
    return plain, gzip.compress(plain, LEVEL)


def _answer(packed: tuple[bytes, bytes], content_type: str) -> Response:
    """Return a body, compressed if the client takes it."""
    is_compressed = request.accept_encodings["gzip"] > 0
    response = Response(packed[is_compressed], content_type=content_type, headers={"Vary": "Accept-Encoding"})
    if is_compressed:
        response.headers["Content-Encoding"] = "gzip"
    return response
