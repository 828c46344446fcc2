"""The start page: a redirect to the documentation, or in development also the demonstration logins."""

from __future__ import annotations

from flask import Response, current_app, redirect

from app.middleware.pages.rendering import CSP, HTML, environment
from app.services.platform import seed_service
from config.settings import Environment


def response() -> Response:
    """Return the page of a development server, or else a redirect."""
    if current_app.config["SETTINGS"].environment is not Environment.DEVELOPMENT:
        return redirect("/docs")  # type: ignore[return-value]  # of werkzeug
    logins = seed_service.logins() if seed_service.is_seeded() else []
    text = environment.get_template("start.html").render(logins=logins, slug=seed_service.SLUG)
    return Response(text, headers={"Content-Security-Policy": CSP, "Cache-Control": "no-store"}, content_type=HTML)
