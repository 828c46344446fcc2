"""The documentation pages: Swagger UI, served locally with a strict content security policy."""

from __future__ import annotations

from pathlib import Path

import flask_openapi3_swagger
from flask import Response, current_app, jsonify, send_from_directory

from app.middleware.openapi.generator import document

ASSETS = Path(flask_openapi3_swagger.__file__).parent / "templates" / "swagger"
CSP = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; font-src 'self'; "
    "connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
)
PAGE = """<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>Fairlead API</title>
<link rel="stylesheet" href="/docs/assets/css/swagger-ui.css">
<link rel="icon" href="/docs/assets/images/swagger.svg">
</head>
<body>
<div id="swagger-ui"></div>
<script src="/docs/assets/js/swagger-ui-bundle.js"></script>
<script src="/docs/assets/start.js"></script>
</body>
</html>
"""
# A script of its own, since the policy above allows no inline scripts.
START = """window.ui = SwaggerUIBundle({
  url: "/openapi.json",
  dom_id: "#swagger-ui",
  deepLinking: true,
  validatorUrl: null,
  defaultModelsExpandDepth: 0,
  docExpansion: "list",
  filter: true,
});
"""


def openapi_response() -> Response:
    """Return the document as JSON."""
    return jsonify(document(current_app._get_current_object()))  # type: ignore[attr-defined]  # a proxy


def page_response() -> Response:
    """Return the page with Swagger UI."""
    return Response(
        PAGE,
        content_type="text/html; charset=utf-8",
        headers={"Content-Security-Policy": CSP, "Cache-Control": "no-cache"},
    )


def asset_response(name: str) -> Response:
    """Return an asset of the page."""
    if name == "start.js":
        response = Response(START, content_type="text/javascript; charset=utf-8")
    else:
        response = send_from_directory(ASSETS, name)
    response.headers["Content-Security-Policy"] = CSP
    response.headers["Cache-Control"] = "public, max-age=3600"
    return response
