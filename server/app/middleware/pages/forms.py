"""What people type into pages, and what addresses ask for, as the schemas that services take."""

from __future__ import annotations

from typing import Any, TypeVar

import orjson
from flask import request
from pydantic import BaseModel, ValidationError

from app.middleware.endpoint import validation
from app.schemas.careers_schema import ApplicantForm
from app.schemas.offer_schema import OfferAcceptance, OfferRefusal
from app.utils.errors import Invalid
from app.utils.file_store import Upload
from app.utils.validation_errors import field_errors

TRAP = "subject_line"  # programs fill it in, people and their browsers do not
PREFIXES = {"answer": "answers", "survey": "survey"}  # of the fields that answer questions, named after these
B = TypeVar("B", bound=BaseModel)


def read_application() -> tuple[ApplicantForm, Upload | None] | None:
    """The form of the page of a job: answers stand in fields that are named after their questions.

    None where somebody filled in what people do not see.
    """
    file, _ = validation.read_upload("upload", is_needed=False)
    if request.form.get(TRAP, "").strip():
        return None
    fields: dict[str, Any] = {}
    listed: dict[str, list[Any]] = {field: [] for field in PREFIXES.values()}
    for name, values in request.form.lists():
        prefix, _, question_id = name.partition("-")
        if prefix in PREFIXES and question_id:
            listed[PREFIXES[prefix]].append({"question_id": question_id, "value": _typed_answer(values)})
        elif values[0].strip() and name not in (*listed, TRAP):
            fields[name] = values[0]
    try:
        several = {field: orjson.dumps(answers).decode() for field, answers in listed.items()}
        return ApplicantForm.model_validate({**fields, **several}), file
    except ValidationError as error:
        errors = field_errors(error)
        raise Invalid("Please correct the marked fields.", code="validation_failed", errors=errors) from error


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
        return OfferAcceptance(signed_name=request.form.get("signed_name", ""))
    except ValidationError as error:
        raise Invalid("Please type your full name.", errors=field_errors(error)) from error


def read_refusal() -> OfferRefusal:
    """Why an offer is declined, if that is told."""
    try:
        return OfferRefusal(reason=request.form.get("reason", "").strip() or None)
    except ValidationError as error:
        raise Invalid("Please give a reason of at most 500 characters.", errors=field_errors(error)) from error


def field_of(pointer: str) -> str:
    """The field of the form that a pointer is about."""
    field = pointer.strip("/")
    for prefix, name in PREFIXES.items():
        field = field.replace(f"{name}/", f"{prefix}-")
    return field


def _typed_answer(values: list[str]) -> Any:
    present = [value for value in values if value.strip()]
    return present if len(present) > 1 else present[0] if present else None
