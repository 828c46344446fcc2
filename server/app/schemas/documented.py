"""Types of fields that the document says more of than Python does.

What is stored as JSON is returned as it was stored: the annotation costs nothing when a row is read.
"""

from __future__ import annotations

from enum import StrEnum
from typing import Any

from pydantic import GetJsonSchemaHandler, WithJsonSchema
from pydantic_core import CoreSchema

NAMED = "x-named"  # resolved by the generator of the document: the name of a component


def like(name: str) -> WithJsonSchema:
    """The field has the schema of this component, such as a model of a request body that was stored."""
    return WithJsonSchema({NAMED: name})


def list_of(name: str) -> WithJsonSchema:
    return WithJsonSchema({"type": "array", "items": {NAMED: name}})


def choice_of(*names: str) -> dict[str, Any]:
    """Return the schema of a string from a short list."""
    return {"type": "string", "enum": list(names)}


def flags(names: type[StrEnum]) -> WithJsonSchema:
    """The field says yes or no of each of these names; a name that is absent means no."""
    return WithJsonSchema(
        {
            "type": "object",
            "properties": {
                name.value: {"type": "boolean", "description": f"Whether {name.value.replace('_', ' ')} is included"}
                for name in names
            },
            "additionalProperties": False,
        }
    )


@classmethod  # type: ignore[misc]  # a method for the class of list queries
def sort_choices(cls: Any, core_schema: CoreSchema, handler: GetJsonSchemaHandler) -> dict[str, Any]:
    """Return the schema of a list query with the columns to sort by, as its `sorts` name them."""
    schema = handler.resolve_ref_schema(handler(core_schema))
    schema["properties"]["sort"] |= {
        "enum": [sign + name for name in cls.sorts for sign in ("", "-")],
        "x-enum-varnames": [name.upper() + end for name in cls.sorts for end in ("", "_DESC")],
    }
    return schema
