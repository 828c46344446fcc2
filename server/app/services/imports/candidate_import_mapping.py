"""Maps the columns of a table to candidate fields, and reads their cells."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from app.services.candidates.candidate_fields import FIELDS, many, whole
from app.utils.errors import Invalid
from app.utils.phone_numbers import normal_phone
from app.utils.text import fold

CUSTOM = "custom."  # a custom field may have the key of a built-in field
MAX_ERRORS = 10


READERS: dict[str, Callable[[str], Any]] = {field.name: field.read for field in FIELDS if field.read is not None}
READERS |= dict.fromkeys(("emails", "phones", "links"), many)
HEADINGS = {field.name: field.headings for field in FIELDS if field.read is not None} | {
    "emails": ("email", "e-mail", "e mail", "mail", "email address", "e-mail address"),
    "phones": ("phone", "telephone", "mobile", "phone number", "mobile phone", "cell", "telefon"),
    "links": ("link", "url", "website", "linkedin", "profile", "linkedin url", "github"),
}
_BY_HEADING = {
    fold(heading): field for field in READERS for heading in (field, field.replace("_", " "), *HEADINGS[field])
}
CUSTOM_READERS: dict[str, Callable[[str], Any]] = {
    "number": whole,
    "multi_choice": many,
    # Any other text stays as it is, and the validation of the field reports it.
    "boolean": lambda cell: {"true": True, "yes": True, "1": True, "false": False, "no": False, "0": False}.get(
        cell.lower(), cell
    ),
}


def suggest(columns: list[str], custom: Mapping[str, str]) -> dict[str, str | None]:
    """Return the field of each column, by its name; `custom` maps the keys of custom fields to their kinds."""
    taken: set[str] = set()
    mapping: dict[str, str | None] = {}
    for column in columns:
        field = _BY_HEADING.get(" ".join(fold(column).replace("_", " ").split()))
        key = fold(column).removeprefix(CUSTOM).replace(" ", "_")  # "custom.size", "Size"
        field = field or (f"{CUSTOM}{key}" if key in custom else None)
        mapping[column] = field if field not in taken else None  # the first of several columns wins
        taken |= {field} if field else set()
    return mapping


def check(mapping: Mapping[str, str | None], columns: list[str], custom: Mapping[str, str]) -> None:
    """Raise Invalid if a column or field is unknown or repeated, or if no column is a name."""
    fields = [field for field in mapping.values() if field is not None]
    known = {*READERS, *(f"{CUSTOM}{key}" for key in custom)}
    wrong = [column for column in mapping if column not in columns]
    wrong += [field for field in fields if field not in known or fields.count(field) > 1]
    if wrong:
        raise Invalid(
            "The mapping does not match the columns of the table and the candidate fields.",
            code="bad_mapping",
            errors=[
                {"pointer": "/mapping", "code": "bad_mapping", "detail": f"{each[:60]} is unknown or repeated"}
                for each in wrong[:MAX_ERRORS]
            ],
        )
    if not {"name", "given_name", "family_name"} & set(fields):  # `body_of` joins the parts to a name
        raise Invalid("Map a column to name, given_name or family_name.", code="name_missing")


def body_of(
    row: Mapping[str, str], mapping: Mapping[str, str | None], custom: Mapping[str, str], region: str | None
) -> dict[str, Any]:
    """Return the request body of a candidate from a row, without empty cells.

    Phone numbers without a country code are those of `region`, an ISO 3166 code.
    """
    body: dict[str, Any] = {}
    own: dict[str, Any] = {}
    for column, field in mapping.items():
        cell = row.get(column, "")
        if field is None or not cell:
            continue
        if field.startswith(CUSTOM):
            key = field.removeprefix(CUSTOM)
            own[key] = CUSTOM_READERS.get(custom.get(key, ""), str)(cell)
        else:
            body[field] = READERS[field](cell)
    if "name" not in body and (parts := [body[part] for part in ("given_name", "family_name") if part in body]):
        body["name"] = " ".join(parts)
    if region and "phones" in body:  # what is no number there stays as it is, and the validation reports it
        body["phones"] = [normal_phone(phone, region) or phone for phone in body["phones"]]
    return body | ({"custom_fields": own} if own else {})
