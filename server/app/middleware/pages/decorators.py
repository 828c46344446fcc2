"""Pages for people without an account: plain HTML that works without scripts, and feeds for machines."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any

from flask import Response, request
from werkzeug.exceptions import HTTPException

from app.middleware.identity.public_limits import enforce_public
from app.middleware.pages import forms
from app.middleware.pages.rendering import problem, render
from app.utils.errors import DomainError

OF_THE_FILE = (413, 415)
SHOWN_AGAIN = (409, *OF_THE_FILE, 422)


def page(
    template: str, *, limit: str = "public", again: tuple[str, Callable[..., Any]] | None = None
) -> Callable[[Callable[..., Any]], Callable[..., Response]]:
    """Make a view a page: what it returns is shown by the template, errors by one of their own.

    `again` is the template and the view of the form: it is shown once more, with what was typed, where the form
    does not validate, its file is not taken, or nothing can be taken just now.
    """

    def decorate(view: Callable[..., Any]) -> Callable[..., Response]:
        @wraps(view)
        def handle(**path: Any) -> Response:
            try:
                try:
                    enforce_public(limit)
                    found = view(**path)
                except DomainError as error:
                    if again is None or error.status not in SHOWN_AGAIN:
                        raise
                    return _show_again(again, error, path)
                return found if isinstance(found, Response) else render(template, 200, data=found)
            except DomainError as error:
                return problem(error.status, error.detail, error.headers)
            except HTTPException as error:
                return problem(error.code or 500, error.description or error.name)

        return handle

    return decorate


def feed(media_type: str) -> Callable[[Callable[..., str]], Callable[..., Response]]:
    """Make a view a feed: what it returns is the text of it."""

    def decorate(view: Callable[..., str]) -> Callable[..., Response]:
        @wraps(view)
        def handle(**path: Any) -> Response:
            enforce_public("public")
            headers = {"Cache-Control": "public, max-age=60"}
            return Response(view(**path), headers=headers, content_type=f"{media_type}; charset=utf-8")

        return handle

    return decorate


def see_other(path: str) -> Response:
    """Send a browser on, so that loading the page again sends nothing again."""
    return Response(status=303, headers={"Location": path})


def _show_again(again: tuple[str, Callable[..., Any]], error: DomainError, path: dict[str, Any]) -> Response:
    template, view = again
    errors = {forms.field_of(str(each["pointer"])): each["detail"] for each in error.errors}
    if error.status in OF_THE_FILE:
        errors["file"] = error.detail
    typed = {name: request.form.getlist(name) for name in request.form}
    errors.setdefault("form", error.detail)
    return render(template, error.status, data=view(**path), errors=errors, typed=typed)
