"""Validation errors of Pydantic as `errors` of a problem: our own sentences, without the input."""

from __future__ import annotations

import re
from itertools import takewhile
from typing import Any

from pydantic import ValidationError

from app.utils.sentences import sentence

MAX_ERRORS = 50  # clients choose the number and the names of unknown fields: the response stays small
MAX_POINTER = 100
# What Pydantic puts behind the place for alternatives and keys: "list[str]", "function-after[...]", "[key]".
INTERNAL = re.compile(
    r"^(?:bool|int|float|str|constrained-(?:str|int|float)|tagged-union|\[key\])$"
    r"|^(?:list|function|constrained|lax|str-enum|literal|nullable)\b.*\["
)

# By Pydantic's type of error; in braces what its context holds.
SENTENCES = {
    "missing": "This field is required.",
    "extra_forbidden": "There is no such field.",
    "string_type": "This value must be a string.",
    "string_too_short": "This value must have at least {min_length} characters.",
    "string_too_long": "This value must have at most {max_length} characters.",
    "string_pattern_mismatch": "This value does not have the expected format.",
    "string_unicode": "This value must be valid Unicode.",
    "json_invalid": "This value must be valid JSON.",
    "json_type": "This value must be JSON text.",
    "bool_type": "This value must be true or false.",
    "bool_parsing": "This value must be true or false.",
    "int_type": "This value must be a whole number.",
    "int_parsing": "This value must be a whole number.",
    "int_parsing_size": "This number is too large.",
    "int_from_float": "This value must be a whole number.",
    "float_type": "This value must be a number.",
    "float_parsing": "This value must be a number.",
    "finite_number": "This value must be a finite number.",
    "greater_than": "This value must be greater than {gt}.",
    "greater_than_equal": "This value must be at least {ge}.",
    "less_than": "This value must be less than {lt}.",
    "less_than_equal": "This value must be at most {le}.",
    "decimal_type": "This value must be a decimal string, like 72000.00.",
    "decimal_parsing": "This value must be a decimal string, like 72000.00.",
    "list_type": "This value must be a list.",
    "dict_type": "This value must be an object.",
    "model_type": "This value must be an object.",
    "model_attributes_type": "This value must be an object.",
    "too_short": "This value must have at least {min_length} entries.",
    "too_long": "This value must have at most {max_length} entries.",
    "enum": "This value must be {expected}.",
    "literal_error": "This value must be {expected}.",
    "uuid_type": "This value must be a UUID.",
    "uuid_parsing": "This value must be a UUID.",
    "date_type": "This value must be a date, like 2026-01-31.",
    "date_parsing": "This value must be a date, like 2026-01-31.",
    "date_from_datetime_parsing": "This value must be a date, like 2026-01-31.",
    "date_from_datetime_inexact": "This value must be a date without a time, like 2026-01-31.",
    "datetime_type": "This value must be a time, like 2026-01-31T09:00:00Z.",
    "datetime_parsing": "This value must be a time, like 2026-01-31T09:00:00Z.",
    "datetime_from_date_parsing": "This value must be a time, like 2026-01-31T09:00:00Z.",
    "datetime_object_invalid": "This value must be a time, like 2026-01-31T09:00:00Z.",
    "time_type": "This value must be a time of day, like 09:00.",
    "time_parsing": "This value must be a time of day, like 09:00.",
    "union_tag_invalid": "The field {discriminator} must be one of {expected_tags}.",
    "union_tag_not_found": "The field {discriminator} is required.",
    "invalid_key": "Names of fields must be strings.",
}
SINGULAR = {r"\b1 characters": "one character", r"\b1 entries": "one entry"}
OTHER = "This value is not valid."  # never a sentence of the library
OWN = ("value_error", "null_not_allowed")


def field_errors(error: ValidationError) -> list[dict[str, str]]:
    """Return pointer, code and detail of each error, without the input; for alternatives, of the first one alone."""
    found: dict[str, dict[str, str]] = {}
    for item in error.errors(include_url=False, include_input=False)[:MAX_ERRORS]:
        pointer = pointer_to(item["loc"])
        found.setdefault(pointer, {"pointer": pointer, "code": item["type"], "detail": _detail(item)})
    return list(found.values())


def pointer_to(loc: tuple[int | str, ...]) -> str:
    """Return the JSON Pointer (RFC 6901) to a place in the input: ~ is escaped before /, whose escape contains it."""
    inside = list(takewhile(lambda part: not INTERNAL.search(str(part)), loc))
    return "".join("/" + str(part)[:MAX_POINTER].replace("~", "~0").replace("/", "~1") for part in inside)


def _detail(item: Any) -> str:
    if item["type"] in OWN:
        return sentence(item["msg"].removeprefix("Value error, "))  # Pydantic adds it to our messages
    bounds = {name: f"{value:g}" if isinstance(value, float) else value for name, value in item.get("ctx", {}).items()}
    text = SENTENCES.get(item["type"], OTHER).format_map(bounds)
    for several, one in SINGULAR.items():
        text = re.sub(several, one, text)
    return text
