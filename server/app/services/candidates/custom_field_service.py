"""Custom fields: definitions, validation of values, and filters by them."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from datetime import date
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from pydantic import TypeAdapter, ValidationError

from app.extensions import db
from app.models import CustomField
from app.models.custom_field import FieldKind, FieldSubject
from app.schemas.common import Url
from app.schemas.custom_field_schema import WITH_CHOICES, CustomFieldCreate, CustomFieldQuery, CustomFieldUpdate
from app.schemas.lists import Page
from app.services.core import listing, rows
from app.services.core.transaction import use_case
from app.services.events import event_service
from app.utils.errors import BadRequest, Invalid

MAX_FIELDS = 100  # of each subject; also the most values that a request can contain
Values = dict[str, Any]
TRUTHS = {"true": True, "false": False}
NUMBER = re.compile(r"^-?\d{1,300}(\.\d{1,300})?$", re.ASCII)
URL: TypeAdapter[str] = TypeAdapter(Url)


def list_all(query: CustomFieldQuery) -> Page[CustomField]:
    """List the custom fields, those of each subject in order."""
    wanted = CustomField.subject.in_(query.subject or list(FieldSubject))
    order = (CustomField.subject, CustomField.position, CustomField.key)
    return listing.single_page(db.session.scalars(sa.select(CustomField).where(wanted).order_by(*order)))


def get(field_id: UUID) -> CustomField:
    """Return a custom field; NotFound if there is none."""
    return rows.get(CustomField, field_id)


@use_case
def create(new: CustomFieldCreate) -> CustomField:
    """Create a custom field; Conflict if its subject has MAX_FIELDS already."""
    own = CustomField.subject == new.subject
    rows.enforce_limit(
        MAX_FIELDS, CustomField, f"A subject can have {MAX_FIELDS} custom fields", "too_many_fields", own
    )
    field = CustomField(**new.model_dump())
    db.session.add(field)
    db.session.flush()  # the event needs the id
    event_service.record("custom_field.created", field, belongs_to=field.subject, key=field.key, kind=field.kind)
    return field


@use_case
def update(field_id: UUID, changes: CustomFieldUpdate, if_match: int | None) -> CustomField:
    """Change a custom field; existing values are not changed. Invalid if choices do not suit its kind."""
    field = rows.lock_for_update(CustomField, field_id, if_match)
    values = changes.model_dump(exclude_unset=True)
    if "choices" in values and (field.kind in WITH_CHOICES) != bool(values["choices"]):
        raise Invalid("Choice fields require choices; other fields cannot have them.", code="bad_choices")
    event_service.record("custom_field.updated", field, changed=rows.apply_changes(field, values))
    return field


def merged(subject: FieldSubject, present: Values, changes: Values) -> Values:
    """Apply changes to the values; null removes one. Invalid if a field is unknown or a value does not match it."""
    validate(subject, changes)  # present values may be of archived fields or of choices that were removed
    return {key: value for key, value in {**present, **changes}.items() if value is not None}


def validate(subject: FieldSubject, values: Values) -> None:
    """Invalid if a custom field of the subject is unknown or archived, or a value does not match it."""
    check(definitions(subject) if values else {}, values)  # without values, no statement


def definitions(subject: FieldSubject) -> dict[str, CustomField]:
    """Return the fields that accept values, those not archived, by key."""
    accepting = (CustomField.subject == subject, CustomField.is_archived.is_(False))
    return {field.key: field for field in db.session.scalars(sa.select(CustomField).where(*accepting))}


def filtered(subject: FieldSubject, column: Any, wanted: str | None) -> list[Any]:
    """Return the conditions of a filter by a custom field, `key:value`; BadRequest unless they fit."""
    return [] if wanted is None else [_has_value(subject, column, wanted)]


def _has_value(subject: FieldSubject, column: Any, wanted: str) -> Any:
    key, _, value = wanted.partition(":")
    named = (CustomField.subject == subject, CustomField.key == key)
    field = db.session.scalars(sa.select(CustomField).where(*named)).one_or_none()
    if field is None:
        raise BadRequest(f"There is no custom field {key}.", code="unknown_custom_field")
    stored = column[key]
    if field.kind is FieldKind.MULTI_CHOICE:  # the choice as it stands in the JSON of the list
        return stored.as_string().contains(json.dumps(value, ensure_ascii=False), autoescape=True)
    if field.kind is FieldKind.BOOLEAN:
        if value not in TRUTHS:
            raise BadRequest("The value of a boolean field must be true or false.", code="invalid_parameters")
        return stored.as_boolean() == sa.literal(TRUTHS[value])
    if field.kind is FieldKind.NUMBER:
        return stored.as_float() == _number(value)
    return stored.as_string() == value


def _number(text: str) -> float:
    if not NUMBER.match(text):
        raise BadRequest("The value of a number field must be a number.", code="invalid_parameters")
    return float(text)


def check(fields: dict[str, CustomField], values: Values) -> None:
    """Invalid if a value's field is not in `fields`, or the value does not match it."""
    errors = []
    for key, value in values.items():
        if value is None:  # null removes a value, even of an archived field
            continue
        problem = _problem(fields[key], value) if key in fields else "is not a known custom field here"
        if problem:
            errors.append({"pointer": f"/custom_fields/{key}", "code": "custom_field", "detail": problem})
    if errors:
        raise Invalid("Some values do not match their custom fields.", code="custom_field", errors=errors)


def _problem(field: CustomField, value: Any) -> str | None:
    """Return what is wrong with a value, or None."""
    return None if CHECKS[field.kind](field, value) else NEEDS[field.kind]


def _is_date(_: CustomField, value: Any) -> bool:
    try:
        # `fromisoformat` also accepts 20260131 and 2026-W05-6; filters compare values in one form.
        return isinstance(value, str) and date.fromisoformat(value).isoformat() == value
    except ValueError:
        return False


def _is_url(_: CustomField, value: Any) -> bool:
    try:
        return bool(URL.validate_python(value))
    except ValidationError:
        return False


def _is_number(_: CustomField, value: Any) -> bool:
    return isinstance(value, (int, float)) and not isinstance(value, bool)  # True is an int in Python


def _are_choices(field: CustomField, value: Any) -> bool:
    return isinstance(value, list) and len(set(value)) == len(value) and set(value) <= set(field.choices)


CHECKS: dict[FieldKind, Callable[[CustomField, Any], bool]] = {
    FieldKind.TEXT: lambda _, value: isinstance(value, str),
    FieldKind.NUMBER: _is_number,
    FieldKind.DATE: _is_date,
    FieldKind.CHOICE: lambda field, value: isinstance(value, str) and value in field.choices,
    FieldKind.MULTI_CHOICE: _are_choices,
    FieldKind.BOOLEAN: lambda _, value: isinstance(value, bool),
    FieldKind.URL: _is_url,
}
NEEDS = {
    FieldKind.TEXT: "must be a text",
    FieldKind.NUMBER: "must be a number",
    FieldKind.DATE: "must be a date, like 2026-01-31",
    FieldKind.CHOICE: "must be one of the choices",
    FieldKind.MULTI_CHOICE: "must be a list of distinct choices",
    FieldKind.BOOLEAN: "must be true or false",
    FieldKind.URL: "must be a URL",
}
