"""What the OpenAPI document says beyond the types: lists of names, meanings of fields, examples.

The texts lie in `app/data`: `guides.md` and `field_descriptions.toml` are written by hand, `vocabulary.json` is made
from the source (`python -m tools.list_vocabulary`), `examples.json` is recorded (`python -m tools.record_examples`).
"""

from __future__ import annotations

import json
import tomllib
from collections.abc import Iterable
from functools import cache
from pathlib import Path
from typing import Any

from app.models.permission import PERMISSIONS
from app.services.lifecycles.state_rules import MACHINES
from app.services.mail.email_renderer import TEMPLATES
from app.services.matching.match_scoring import GRADES, LOWEST_GRADE

DATA = Path(__file__).parents[2] / "data"
SCALAR = {"type": ["string", "number", "boolean", "null"]}
LIST = {"type": "array", "items": SCALAR}
OBJECT = {"type": "object", "additionalProperties": {"anyOf": [SCALAR, LIST]}}
# Not recursive: generators of clients cannot name a type that refers to itself.
JSON_VALUE = {
    "description": "A value, a list or an object",
    "anyOf": [SCALAR, {"type": "array", "items": {"anyOf": [SCALAR, OBJECT]}}, OBJECT],
}
ANYWHERE = "fields"  # the table of the fields that mean the same in every schema


@cache
def _read(name: str) -> dict[str, Any]:
    text = (DATA / name).read_text()
    found: dict[str, Any] = tomllib.loads(text) if name.endswith(".toml") else json.loads(text)
    return found


def problems() -> dict[str, dict[str, Any]]:
    """Return status and detail of each problem code."""
    found: dict[str, dict[str, Any]] = _read("vocabulary.json")["problems"]
    return found


def vocabularies() -> dict[str, Any]:
    """Return components for names that many schemas use."""
    words: dict[str, tuple[str, Any]] = {
        "Permission": ("The name of a permission", PERMISSIONS),
        "ProblemCode": ("A stable identifier of a problem", problems()),
        "EventType": ("What happened: a noun and a verb", _read("vocabulary.json")["events"]),
        "Action": ("An action of a state machine", {action for machine in MACHINES for action in machine.actions}),
        "EmailTemplate": ("The template of an email", TEMPLATES),
        "MatchGrade": ("The grade of a match, best first", [*(grade for _, grade in GRADES), LOWEST_GRADE]),
    }
    lists: dict[str, Any] = {
        name: {"type": "string", "description": says, "enum": list(names) if name == "MatchGrade" else sorted(names)}
        for name, (says, names) in words.items()
    }
    # Generators make the same name of A and A+.
    lists["MatchGrade"]["x-enum-varnames"] = [grade.replace("+", "_PLUS") for grade in lists["MatchGrade"]["enum"]]
    return {**lists, "JsonValue": JSON_VALUE}


def describe(schema_name: str, schema: dict[str, Any]) -> None:
    """Add the descriptions of fields that have none of their own."""
    for name, field in schema.get("properties", {}).items():
        if "description" not in field and (text := description(schema_name, name)):
            field["description"] = text


def description(schema_name: str, name: str) -> str | None:
    """Return what a field means in the schemas with this prefix, or what it means everywhere."""
    texts = _read("field_descriptions.toml")
    prefixes = sorted((table for table in texts if schema_name.startswith(table)), key=len, reverse=True)
    return _first_text([*prefixes, ANYWHERE], name)


def parameter_description(query: str, name: str) -> str | None:
    """Return what a parameter means in a query model, or in every query."""
    return _first_text([query, "parameters"], name)


def _first_text(tables: Iterable[str], name: str) -> str | None:
    texts = _read("field_descriptions.toml")
    found: str | None = next((texts[table][name] for table in tables if name in texts.get(table, {})), None)
    return found


def summary(operation_id: str) -> str | None:
    """Return the summary of an operation that shares its view with others."""
    found: str | None = _read("field_descriptions.toml")["summaries"].get(operation_id)
    return found


def guides() -> str:
    """Return the guides, in Markdown, which reference pages show before the operations."""
    return (DATA / "guides.md").read_text()


def tags() -> dict[str, Any]:
    """Return description and group of each tag."""
    found: dict[str, Any] = _read("field_descriptions.toml")["tags"]
    return found


def example(schema_name: str) -> Any:
    """Return a recorded answer with this schema, or the row of a recorded page; None if there is none."""
    recorded = _read("examples.json")
    rows = recorded.get(f"{schema_name}Page", {}).get("data", [None])
    return recorded.get(schema_name, rows[0])


def word(name: str) -> str | None:
    """Return an example of a text field with this name."""
    found: str | None = _read("field_descriptions.toml")["examples"].get(name)
    return found
