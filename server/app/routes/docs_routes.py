"""The OpenAPI document and the page that shows it, with bundled assets."""

from flask import Blueprint

from app.middleware.openapi import docs_page
from app.middleware.pages import start_page

bp = Blueprint("docs", __name__)


@bp.get("/")
def start():
    """Lead to the documentation; in development, show the demonstration logins, too."""
    return start_page.response()


@bp.get("/openapi.json")
def openapi_json():
    """Return the OpenAPI document."""
    return docs_page.openapi_response()


@bp.get("/docs")
def browse():
    """Show the OpenAPI document in a browser."""
    return docs_page.page_response()


@bp.get("/docs/assets/<path:name>")
def asset(name: str):
    """Return a bundled script, style sheet or image."""
    return docs_page.asset_response(name)
