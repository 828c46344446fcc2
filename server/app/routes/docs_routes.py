"""The OpenAPI document and its browser, with assets of our own."""

from flask import Blueprint

from app.middleware.openapi import swagger_ui

bp = Blueprint("docs", __name__)


@bp.get("/openapi.json")
def openapi_json():
    """The OpenAPI document."""
    return swagger_ui.openapi_response()


@bp.get("/docs")
def browse():
    """The document in a browser."""
    return swagger_ui.page_response()


@bp.get("/docs/assets/<path:name>")
def asset(name: str):
    """A bundled script, style or image."""
    return swagger_ui.asset_response(name)
