"""Decorators for pages that work without scripts, and for feeds; both need no account."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import wraps
from typing import Any

from flask import Response, request
from werkzeug.exceptions import HTTPException

from app.middleware.identity.public_limits import enforce_public, has_room
from app.middleware.pages import error_texts, forms, language
from app.middleware.pages.rendering import language_of, link, problem, render
from app.services.careers import kept_file_service
from app.utils.errors import DomainError
from app.utils.file_store import Upload

TOO_MANY = 429
OF_THE_FILE = (413, 415)  # shown next to the file field
SHOWN_AGAIN = (409, *OF_THE_FILE, 422, 429)


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
                return problem(error.status, error.code, error.headers)
            except HTTPException as error:  # of Werkzeug, such as 413 while it reads a form
                return problem(error.code or 500, "other")

        return handle

    return decorate


def feed(
    media_type: str, caching: str = "public, max-age=60"
) -> Callable[[Callable[..., str]], Callable[..., Response]]:
    """Turn a view that returns text into a feed; by default, a closed job leaves all caches within a minute."""

    def decorate(view: Callable[..., str]) -> Callable[..., Response]:
        @wraps(view)
        def handle(**path: Any) -> Response:
            enforce_public("public")
            headers = {"Cache-Control": caching}
            return Response(view(**path), headers=headers, content_type=f"{media_type}; charset=utf-8")

        return handle

    return decorate


@contextmanager
def file_kept_on_errors(slug: str, file: Upload | None, token: str) -> Iterator[None]:
    """Keep a file if the form is shown again, unless it was refused itself; a few per minute and address.

    `token` is that of a file that is kept already.
    """
    try:
        yield
    except DomainError as error:
        is_refused = error.status in OF_THE_FILE or any(each["pointer"] == "/file" for each in error.errors)
        if file is not None and error.status in SHOWN_AGAIN and not is_refused:
            room = bool(token) or has_room("kept_file", "apply")
            if kept := token or (kept_file_service.keep(slug, file) if room else None):
                error.extra[forms.KEPT] = {"token": kept, "filename": file.filename}
        raise


def see_other(path: str) -> Response:
    """Redirect after a POST, so that reloading the page does not submit the form again; the language stays."""
    return redirect_to(link(path))


def redirect_to(url: str) -> Response:
    """Redirect to a URL."""
    return Response(status=303, headers={"Location": url})


def _show_again(again: tuple[str, Callable[..., Any]], error: DomainError, path: dict[str, Any]) -> Response:
    template, view = again
    data = view(**path)
    text = language.texts_in(language_of(data))
    values = {"megabytes": forms.max_megabytes(), "name": getattr(data, "candidate_name", "")}
    errors = {}
    for each in error.errors:
        field = forms.field_of(str(each["pointer"]))
        errors[field] = text(error_texts.key_of(field, each["code"]), **values)
    if error.status in OF_THE_FILE:
        errors["file"] = text("error_file", **values)
    typed = {name: request.form.getlist(name) for name in request.form}
    own = f"problem_{error.code}"
    form = text("too_many" if error.status == TOO_MANY else own if language.has_text(own) else "please_correct")
    kept = error.extra.get(forms.KEPT)
    had_file = any(file.filename for file in request.files.values()) or bool(request.form.get(forms.KEPT))
    response = render(
        template, error.status, data=data, errors={**errors, "form": form}, typed=typed, kept=kept, had_file=had_file
    )
    response.headers.update(error.headers)
    return response
