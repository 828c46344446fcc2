"""Validation errors of Pydantic as `errors` of a problem, without the input."""

from __future__ import annotations

from pydantic import ValidationError

MAX_ERRORS = 50  # clients choose the number and the names of unknown fields: the response stays small
MAX_POINTER = 100


def field_errors(error: ValidationError) -> list[dict[str, str]]:
    """Return pointer, code and detail of each error, without the input."""
    return [
        {
            # JSON Pointer (RFC 6901): ~ is escaped before /, whose escape contains it.
            "pointer": "/"
            + "/".join(str(part).replace("~", "~0").replace("/", "~1")[:MAX_POINTER] for part in item["loc"]),
            "code": item["type"],
            "detail": item["msg"].removeprefix("Value error, "),  # added by Pydantic to our own messages
        }
        for item in error.errors(include_url=False, include_context=False, include_input=False)[:MAX_ERRORS]
    ]
