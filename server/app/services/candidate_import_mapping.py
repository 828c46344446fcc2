"""From a row of somebody's table to the fields of a candidate: which column is which, and how its cells are read."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import Any

from app.utils.errors import Invalid
from app.utils.text import fold

CUSTOM = "custom."
MAX_ERRORS = 10


def _many(cell: str) -> list[str]:
    return [part.strip() for part in re.split(r"[;|\n]|,\s|,(?=\S)", cell) if part.strip()]


def _number(cell: str) -> float | str:
    """A number with a point or a comma; what is none stays a text, and is refused as one."""
    try:
        return float(cell.replace(",", ".") if cell.count(",") == 1 and "." not in cell else cell)
    except ValueError:
        return cell


def _whole(cell: str) -> int | float | str:
    number = _number(cell)
    return int(number) if isinstance(number, float) and number.is_integer() else number


# field: (how a cell is read, other names of the column)
FIELDS: dict[str, tuple[Callable[[str], Any], tuple[str, ...]]] = {
    "name": (str, ("full name", "candidate", "candidate name", "applicant", "kandidat")),
    "given_name": (str, ("first name", "firstname", "given name", "vorname", "prenom")),
    "family_name": (str, ("last name", "lastname", "surname", "family name", "nachname", "nom")),
    "preferred_name": (str, ("preferred name", "nickname")),
    "emails": (_many, ("email", "e-mail", "e mail", "mail", "email address", "e-mail address")),
    "phones": (_many, ("phone", "telephone", "mobile", "phone number", "mobile phone", "cell", "telefon")),
    "links": (_many, ("link", "url", "website", "linkedin", "profile", "linkedin url", "github")),
    "headline": (str, ("title", "job title", "position", "current title", "current position", "role")),
    "location": (str, ("city", "address", "place", "town", "ort", "region")),
    "years_experience": (_number, ("years", "experience", "years of experience", "total experience")),
    "skills": (_many, ("skill", "key skills", "technologies", "tags")),
    "preferred_roles": (_many, ("preferred role", "desired role", "wanted roles")),
    "preferred_locations": (_many, ("preferred location", "desired location")),
    "notice_days": (_whole, ("notice", "notice period", "notice period days")),
    "available_from": (str, ("available", "availability", "start date", "available from")),
    "source": (str, ("origin", "channel", "lead source")),
    "source_detail": (str, ("source detail", "campaign", "referrer", "referred by")),
    "source_url": (str, ("source url",)),
}
_BY_NAME = {
    fold(other): field for field, (_, others) in FIELDS.items() for other in (field, field.replace("_", " "), *others)
}
CUSTOM_READERS: dict[str, Callable[[str], Any]] = {
    "number": _whole,
    "multi_choice": _many,
    "boolean": lambda cell: {"true": True, "yes": True, "1": True, "false": False, "no": False, "0": False}.get(
        cell.lower(), cell
    ),
}


def suggest(columns: list[str], custom: Mapping[str, str]) -> dict[str, str | None]:
    """Which field each column is, told by its name; `custom` has the tenant's own fields by key, with their kinds."""
    taken: set[str] = set()
    mapping: dict[str, str | None] = {}
    for column in columns:
        field = _BY_NAME.get(" ".join(fold(column).replace("_", " ").split()))
        key = fold(column).removeprefix(CUSTOM).replace(" ", "_")
        field = field or (f"{CUSTOM}{key}" if key in custom else None)
        mapping[column] = field if field not in taken else None
        taken |= {field} if field else set()
    return mapping


def check(mapping: Mapping[str, str | None], columns: list[str], custom: Mapping[str, str]) -> None:
    """Invalid where a mapping names a column or a field that is not there, a field twice, or no name."""
    fields = [field for field in mapping.values() if field is not None]
    known = {*FIELDS, *(f"{CUSTOM}{key}" for key in custom)}
    wrong = [column for column in mapping if column not in columns]
    wrong += [field for field in fields if field not in known or fields.count(field) > 1]
    if wrong:
        raise Invalid(
            "The mapping does not fit.",
            code="bad_mapping",
            errors=[
                {"pointer": "/mapping", "code": "bad_mapping", "detail": f"{each[:60]} does not fit"}
                for each in wrong[:MAX_ERRORS]
            ],
        )
    if not {"name", "given_name", "family_name"} & set(fields):
        raise Invalid("No column is the name.", code="name_missing")


def body_of(row: Mapping[str, str], mapping: Mapping[str, str | None], custom: Mapping[str, str]) -> dict[str, Any]:
    """The body of a candidate from a row; empty cells are left out."""
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
            body[field] = FIELDS[field][0](cell)
    if "name" not in body and (parts := [body[part] for part in ("given_name", "family_name") if part in body]):
        body["name"] = " ".join(parts)
    return body | ({"custom_fields": own} if own else {})
