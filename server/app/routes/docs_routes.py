"""The OpenAPI document and the page that shows it, with bundled assets."""

from flask import Blueprint

from app.middleware.openapi import swagger_ui

bp = Blueprint("docs", __name__)


@bp.get("/openapi.json")
def openapi_json():
    """Return the OpenAPI document."""
    return swagger_ui.openapi_response()


@bp.get("/docs")
def browse():
    """Show the OpenAPI document in a browser."""
    return swagger_ui.page_response()


@bp.get("/docs/assets/<path:name>")
def asset(name: str):
    """Return a bundled script, style sheet or image."""
    return swagger_ui.asset_response(name)
