"""Pages for people without an account: plain HTML that works without scripts, and feeds for machines."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any, TypeVar

import orjson
from flask import Response, current_app, request
from pydantic import BaseModel, ValidationError

from app.middleware import validation
from app.middleware.authentication import enforce
from app.middleware.page_rendering import problem, render
from app.schemas.careers_schema import ApplicantForm
from app.schemas.offer_schema import OfferAcceptance
from app.utils import rate_limiter
from app.utils.errors import DomainError, Invalid
from app.utils.file_store import Upload
from app.utils.rate_limiter import Limit
from app.utils.validation_errors import field_errors

PREFIXES = {"answer": "answers", "survey": "survey"}  # of the fields that answer questions, named after these
B = TypeVar("B", bound=BaseModel)


def page(
    template: str, *, limit: str = "public", again: tuple[str, Callable[..., Any]] | None = None
) -> Callable[[Callable[..., Any]], Callable[..., Response]]:
    """Make a view a page: what it returns is shown by the template, errors by one of their own.

    `again` is the template and the view of the form: it is shown once more, with what was typed, where the form
    does not validate.
    """

    def decorate(view: Callable[..., Any]) -> Callable[..., Response]:
        @wraps(view)
        def handle(**path: Any) -> Response:
            try:
                _enforce(limit)
                return render(template, 200, data=view(**path), query=request.args, errors={}, typed={})
            except Invalid as error:
                if again is None:
                    return problem(error)
                return _show_again(again, error, path)
            except DomainError as error:
                return problem(error)

        return handle

    return decorate


def feed(media_type: str) -> Callable[[Callable[..., str]], Callable[..., Response]]:
    """Make a view a feed: what it returns is the text of it."""

    def decorate(view: Callable[..., str]) -> Callable[..., Response]:
        @wraps(view)
        def handle(**path: Any) -> Response:
            _enforce("public")
            headers = {"Cache-Control": "public, max-age=300"}
            return Response(view(**path), headers=headers, content_type=f"{media_type}; charset=utf-8")

        return handle

    return decorate


def read_application() -> tuple[ApplicantForm, Upload | None]:
    """The form of the page of a job: answers stand in fields that are named after their questions."""
    file, _ = validation.read_upload("upload", is_needed=False)
    fields: dict[str, Any] = {}
    listed: dict[str, list[Any]] = {field: [] for field in PREFIXES.values()}
    for name, values in request.form.lists():
        prefix, _, question_id = name.partition("-")
        if prefix in PREFIXES and question_id:
            listed[PREFIXES[prefix]].append({"question_id": question_id, "value": _typed_answer(values)})
        elif values[0].strip() and name not in listed:
            fields[name] = values[0]
    try:
        several = {field: orjson.dumps(answers).decode() for field, answers in listed.items()}
        return ApplicantForm.model_validate({**fields, **several}), file
    except ValidationError as error:
        errors = field_errors(error)
        raise Invalid("Please look at the fields that are marked.", code="validation_failed", errors=errors) from error


def read_filters(model: type[B]) -> B:
    """What the address asks for; what makes no sense is left out, for people follow old links."""
    known = {name: value for name, value in request.args.items() if name in model.model_fields and value.strip()}
    try:
        return model.model_validate(known)
    except ValidationError as error:
        wrong = {each["loc"][0] for each in error.errors()}
        return model.model_validate({name: value for name, value in known.items() if name not in wrong})


def read_signature() -> OfferAcceptance:
    """The typed name."""
    try:
        return OfferAcceptance(signed_name=read_field("signed_name"))
    except ValidationError as error:
        raise Invalid("Please type your full name.", errors=field_errors(error)) from error


def read_field(name: str) -> str:
    """One field of a plain form."""
    return request.form.get(name, "")[:500]


def _typed_answer(values: list[str]) -> Any:
    present = [value for value in values if value.strip()]
    return present if len(present) > 1 else present[0] if present else None


def _show_again(again: tuple[str, Callable[..., Any]], error: Invalid, path: dict[str, Any]) -> Response:
    template, view = again
    errors = {_field_of(str(each["pointer"])): each["detail"] for each in error.errors}
    typed = {name: request.form.getlist(name) for name in request.form}
    errors.setdefault("form", error.detail)
    return render(template, error.status, data=view(**path), query=request.args, errors=errors, typed=typed)


def _field_of(pointer: str) -> str:
    """The field of the form that a pointer is about."""
    field = pointer.strip("/")
    for prefix, name in PREFIXES.items():
        field = field.replace(f"{name}/", f"{prefix}-")
    return field


def _enforce(limit: str) -> None:
    rate = getattr(current_app.config["SETTINGS"], f"rate_limit_{limit}")
    enforce(rate_limiter.hit(Limit.parse(limit, request.remote_addr or "-", rate)))
