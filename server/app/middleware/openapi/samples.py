"""Example bodies: recorded answers where there are any, otherwise made from the examples and types of the fields."""

from __future__ import annotations

from typing import Any

from app.middleware.openapi import vocabulary

PREFIX = "#/components/schemas/"
SAMPLES = {
    "uuid": "0197f3a2-5c1e-7d10-9f5c-6f2f8f0a7b11",
    "date-time": "2027-01-31T09:00:00Z",
    "date": "2027-01-31",
    "time": "09:00:00",
}
FEW = 2  # fields of a change


class Samples:
    """Makes examples of components."""

    def __init__(self, components: dict[str, Any]) -> None:
        self._components = components

    def response(self, reference: str) -> Any:
        """Return the example of an answer."""
        return self._named(reference, is_whole=True)

    def request(self, reference: str) -> Any:
        """Return the example of a body: required fields, and those that have an example of their own."""
        schema = self._components[reference.removeprefix(PREFIX)]
        found = self._of(schema, "", is_whole=False)
        if found or "properties" not in schema:
            return found
        first = list(schema["properties"].items())[:FEW]  # a change of a few fields
        return {name: self._of(field, name, is_whole=False) for name, field in first}

    def _named(self, reference: str, is_whole: bool) -> Any:
        name = reference.removeprefix(PREFIX)
        recorded = vocabulary.example(name) if is_whole else None
        return self._of(self._components[name], "", is_whole) if recorded is None else recorded

    def _of(self, schema: dict[str, Any], name: str, is_whole: bool) -> Any:
        if "examples" in schema:
            return schema["examples"][0]
        if "$ref" in schema:
            return self._named(schema["$ref"], is_whole)
        if (words := vocabulary.word(name)) is not None and schema.get("type") == "string":
            return words
        if "const" in schema or "enum" in schema:
            return schema.get("const", schema.get("enum", [None])[0])
        for several in ("anyOf", "oneOf", "allOf"):
            if several in schema:
                return self._of(schema[several][0], name, is_whole)
        kind = schema.get("type")
        return self._of_kind(kind[0] if isinstance(kind, list) else kind, schema, name, is_whole)

    def _of_kind(self, kind: str | None, schema: dict[str, Any], name: str, is_whole: bool) -> Any:
        if kind == "object":
            required = schema.get("required", [])
            fields = schema.get("properties", {}).items()
            return {
                field: self._of(value, field, is_whole)
                for field, value in fields
                if is_whole or field in required or "examples" in value
            }
        if kind == "array":
            return [self._of(schema["items"], name, is_whole)] if "items" in schema else []
        if kind == "string":
            return SAMPLES.get(schema.get("format", ""), "text")
        if kind in ("integer", "number"):
            return schema.get("default", schema.get("minimum", 1))
        return schema.get("default", True) if kind == "boolean" else None
