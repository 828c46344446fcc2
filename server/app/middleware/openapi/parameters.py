"""The parameters of an operation in the OpenAPI document: path, query and headers."""

from __future__ import annotations

import re
from typing import Any

from werkzeug.routing import Rule

from app.middleware.endpoint.spec import Spec
from app.middleware.openapi.json_schema import Schemas
from app.middleware.openapi.vocabulary import description, parameter_description

PATH_PART = re.compile(
    r"<(?:(\w+)(?:\(([^)]*)\))?:)?(\w+)>"
)  # "<uuid:job_id>", "<words(open, close):action>", "<token>"
PATHS = "paths"  # a table of the descriptions

IF_MATCH = {
    "name": "If-Match",
    "in": "header",
    "required": False,
    "description": 'The ETag of the version that you read, such as `"3"`. A newer version is not overwritten: 412.',
    "schema": {"type": "string", "pattern": '^"\\d{1,9}"$'},
}
IF_NONE_MATCH = {
    "name": "If-None-Match",
    "in": "header",
    "required": False,
    "description": "The ETag of the version that you have. If it is still current, the response is 304 without a body.",
    "schema": {"type": "string"},
}
IDEMPOTENCY_KEY = {
    "name": "Idempotency-Key",
    "in": "header",
    "description": "A unique key of yours, so that a repeated request has one effect. It is remembered for 24 hours.",
    "schema": {"type": "string", "minLength": 1, "maxLength": 255, "pattern": "^[!-~]+$"},
}


def path_parameters(rule: Rule) -> list[dict[str, Any]]:
    parameters = []
    for converter, _, name in PATH_PART.findall(rule.rule):
        schema: dict[str, Any] = {"type": "string"}
        if converter == "uuid":
            schema["format"] = "uuid"
        if converter == "words":
            continue
        says = description(PATHS, name) or f"The id of the {name.removesuffix('_id').replace('_', ' ')}"
        parameters.append({"name": name, "in": "path", "required": True, "description": says, "schema": schema})
    return parameters


def query_parameters(spec: Spec, schemas: Schemas) -> list[dict[str, Any]]:
    if spec.query is None:
        return []
    schema = schemas.of(spec.query)
    return [
        _query_parameter(spec.query.__name__, name, prop, name in schema.get("required", []))
        for name, prop in schema["properties"].items()
    ]


def _query_parameter(model: str, name: str, prop: dict[str, Any], required: bool) -> dict[str, Any]:
    kind = _without_null(prop)
    says = kind.pop("description", None) or parameter_description(model, name)
    parameter = {"name": name, "in": "query", "required": required, "description": says, "schema": kind}
    if kind.get("type") != "array":
        return parameter
    # Lists are sent as `ids=a,b`.
    if says and "comma" not in says:
        parameter["description"] = f"{says}; several values are separated by commas{_or_none(kind)}"
    return parameter | {"style": "form", "explode": False}


def _or_none(kind: dict[str, Any]) -> str:
    has_none = {"const": "none", "type": "string"} in kind.get("items", {}).get("anyOf", [])
    return ", `none` stands for rows without one" if has_none else ""


def _without_null(prop: dict[str, Any]) -> dict[str, Any]:
    """Return the schema of a parameter, which is there or absent: a query string has no null."""
    rest = {name: value for name, value in prop.items() if name != "anyOf" and (name, value) != ("default", None)}
    kinds = [kind for kind in prop.get("anyOf", []) if kind != {"type": "null"}]
    return rest | (kinds[0] if len(kinds) == 1 else {"anyOf": kinds} if kinds else {})


def header_parameters(method: str, spec: Spec, has_tag: bool) -> list[dict[str, Any]]:
    parameters = []
    if spec.if_match:
        parameters.append(IF_MATCH)
    if method == "get" and has_tag:
        parameters.append(IF_NONE_MATCH)
    if method == "post" and spec.idempotency != "none":
        parameters.append({**IDEMPOTENCY_KEY, "required": spec.idempotency == "required"})
    return parameters
