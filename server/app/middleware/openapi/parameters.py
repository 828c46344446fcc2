"""The parameters of an operation in the OpenAPI document: path, query and headers."""

from __future__ import annotations

import re
from typing import Any

from werkzeug.routing import Rule

from app.middleware.endpoint.spec import Spec

REF = "#/components/schemas/{model}"
PATH_PART = re.compile(r"<(?:(\w+)(?:\(([^)]*)\))?:)?(\w+)>")  # "<uuid:job_id>", "<words(open, close):action>", "<token>"


def path_parameters(rule: Rule) -> list[dict[str, Any]]:
    parameters = []
    for converter, _, name in PATH_PART.findall(rule.rule):
        schema: dict[str, Any] = {"type": "string"}
        if converter == "uuid":
            schema["format"] = "uuid"
        if converter == "words":
            continue
        parameters.append({"name": name, "in": "path", "required": True, "schema": schema})
    return parameters


def query_parameters(spec: Spec) -> list[dict[str, Any]]:
    if spec.query is None:
        return []
    schema = spec.query.model_json_schema(ref_template=REF)
    parameters = []
    for name, prop in schema["properties"].items():
        parameter = {"name": name, "in": "query", "required": name in schema.get("required", []), "schema": prop}
        if "description" in prop:
            parameter["description"] = prop.pop("description")
        # An optional list is an `anyOf` of array and null. Lists are sent as `ids=a,b`.
        if "array" in str(prop.get("anyOf", prop.get("type"))):
            parameter |= {"style": "form", "explode": False}
        # Definitions that only occur in query models are not among the document's components.
        parameters.append(_inlined(parameter, schema.get("$defs", {})))
    return parameters


def _inlined(node: Any, definitions: dict[str, Any]) -> Any:
    """Replace references to the query model's definitions with the definitions themselves."""
    if isinstance(node, dict):
        if "$ref" in node:
            return _inlined(definitions[node["$ref"].rsplit("/", 1)[-1]], definitions)
        return {key: _inlined(value, definitions) for key, value in node.items()}
    if isinstance(node, list):
        return [_inlined(value, definitions) for value in node]
    return node


def header_parameters(method: str, spec: Spec) -> list[dict[str, Any]]:
    parameters = []
    if spec.if_match:
        parameters.append(
            _header(
                "If-Match",
                'The ETag of the version that you read, such as "3"',
                {"type": "string", "pattern": '^"\\d{1,9}"$'},
            )
        )
    if method == "post" and spec.idempotency != "none":
        schema = {"type": "string", "minLength": 1, "maxLength": 255, "pattern": "^[!-~]+$"}
        parameters.append(
            _header("Idempotency-Key", "A unique key for safe retries", schema, spec.idempotency == "required")
        )
    return parameters


def _header(name: str, description: str, schema: dict[str, Any], required: bool = False) -> dict[str, Any]:
    return {"name": name, "in": "header", "required": required, "description": description, "schema": schema}
