"""Decorators for pages that work without scripts, and for feeds; both need no account."""

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

OF_THE_FILE = (413, 415)  # shown next to the file field
SHOWN_AGAIN = (409, *OF_THE_FILE, 422)


def page(
    template: str, *, limit: str = "public", again: tuple[str, Callable[..., Any]] | None = None
) -> Callable[[Callable[..., Any]], Callable[..., Response]]:
    """Turn a view into a page: its result is rendered with the template, errors with an error template.

    `again` is the template and the view of the form, which is shown again with the entered values if the form does not
    validate, its file is refused, or there is a conflict.
    """

    def decorate(view: Callable[..., Any]) -> Callable[..., Response]:
        @wraps(view)
        def handle(**path: Any) -> Response:
            try:
                # The inner `try` shows the form again, which can fail, too: the job may be closed by now.
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
            except HTTPException as error:  # of Werkzeug, such as 413 while it reads a form
                return problem(error.code or 500, error.description or error.name)

        return handle

    return decorate


def feed(media_type: str) -> Callable[[Callable[..., str]], Callable[..., Response]]:
    """Turn a view that returns text into a feed."""

    def decorate(view: Callable[..., str]) -> Callable[..., Response]:
        @wraps(view)
        def handle(**path: Any) -> Response:
            enforce_public("public")
            headers = {"Cache-Control": "public, max-age=60"}  # a closed job leaves all caches within a minute
            return Response(view(**path), headers=headers, content_type=f"{media_type}; charset=utf-8")

        return handle

    return decorate


def see_other(path: str) -> Response:
    """Redirect after a POST, so that reloading the page does not submit the form again."""
    return Response(status=303, headers={"Location": path})


def _show_again(again: tuple[str, Callable[..., Any]], error: DomainError, path: dict[str, Any]) -> Response:
    template, view = again
    errors = {forms.field_of(str(each["pointer"])): each["detail"] for each in error.errors}
    if error.status in OF_THE_FILE:
        errors["file"] = error.detail
    typed = {name: request.form.getlist(name) for name in request.form}
    errors.setdefault("form", error.detail)
    return render(template, error.status, data=view(**path), errors=errors, typed=typed)
