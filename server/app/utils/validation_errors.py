"""Validation errors of Pydantic as `errors` of a problem, without the input."""

from __future__ import annotations

from pydantic import ValidationError

MAX_ERRORS = 50
MAX_POINTER = 100


def field_errors(error: ValidationError) -> list[dict[str, str]]:
    """Return pointer, code and detail of each error, without the input."""
    return [
        {
            "pointer": "/"
            + "/".join(str(part).replace("~", "~0").replace("/", "~1")[:MAX_POINTER] for part in item["loc"]),
            "code": item["type"],
            "detail": item["msg"].removeprefix("Value error, "),
        }
        for item in error.errors(include_url=False, include_context=False, include_input=False)[:MAX_ERRORS]
    ]
