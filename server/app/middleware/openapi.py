"""The OpenAPI 3.1 document, generated from what the endpoints know of themselves."""

from __future__ import annotations

import re
from typing import Any

from flask import Flask
from pydantic import BaseModel
from pydantic.json_schema import GenerateJsonSchema, models_json_schema
from werkzeug.routing import Rule

from app.middleware.access import AUTHENTICATED, PUBLIC
from app.middleware.endpoint import Spec
from app.schemas.common import Page, Problem

VERSION = "1.0.0"
REF = "#/components/schemas/{model}"
METHODS = ("get", "post", "put", "patch", "delete")
DESCRIPTION = (
    "Fairlead is a recruiting backend for many tenants. Sign in with `POST /api/v1/auth/login` and send the access "
    "token as `Authorization: Bearer`. Lists page by cursor, errors are RFC 9457 problem details."
)
PATH_PART = re.compile(r"<(?:(\w+)(?:\(([^)]*)\))?:)?(\w+)>")
RESPONSES = {
    400: "The request is malformed",
    401: "There is no valid access token",
    402: "The plan allows no more",
    403: "The permission is missing",
    404: "There is nothing here, or it is not the tenant's",
    409: "The state of things does not allow it",
    411: "The body has no length",
    412: "The version has changed since",
    413: "The body is too large",
    415: "The content type is not taken",
    422: "The body does not validate",
    429: "Too many requests",
    503: "A service that is needed does not answer",
}


def install(app: Flask) -> None:
    """Generate the document once, when it is first asked for."""
    app.extensions["openapi"] = None


def document(app: Flask) -> dict[str, Any]:
    """The whole document."""
    if app.extensions.get("openapi") is None:
        app.extensions["openapi"] = _generate(app)
    return app.extensions["openapi"]


def endpoints(app: Flask) -> list[tuple[Rule, str, Spec]]:
    """Every API endpoint: its rule, its method, what it knows of itself."""
    found = []
    for rule in sorted(app.url_map.iter_rules(), key=lambda rule: rule.rule):
        spec = getattr(app.view_functions[rule.endpoint], "spec", None)
        for method in METHODS:
            if spec is not None and method.upper() in (rule.methods or ()):
                found.append((rule, method, spec))
    return found


def _generate(app: Flask) -> dict[str, Any]:
    operations = endpoints(app)
    schemas = _schemas([spec for _, _, spec in operations])
    paths: dict[str, Any] = {}
    for rule, method, spec in operations:
        path = PATH_PART.sub(r"{\3}", rule.rule)
        paths.setdefault(path, {})[method] = _operation(rule, method, spec)
    return {
        "openapi": "3.1.0",
        "info": {"title": "Fairlead", "version": VERSION, "description": DESCRIPTION},
        "servers": [{"url": "/"}],
        "tags": [{"name": name} for name in sorted({_tag(rule) for rule, _, _ in operations})],
        "paths": paths,
        "components": {
            "schemas": schemas,
            "securitySchemes": {"bearer": {"type": "http", "scheme": "bearer", "bearerFormat": "JWT"}},
            "responses": {
                str(status): {"description": text, "content": _content("application/problem+json", _ref(Problem))}
                for status, text in RESPONSES.items()
            },
        },
    }


def _schemas(specs: list[Spec]) -> dict[str, Any]:
    wanted: list[tuple[Any, Any]] = [(Problem, "serialization")]
    for spec in specs:
        wanted += [(model, "validation") for model in (spec.body, spec.form) if model]
        if isinstance(spec.out, type) and issubclass(spec.out, BaseModel):
            wanted.append((spec.out, "serialization"))
    _, definitions = models_json_schema(
        list(dict.fromkeys(wanted)), ref_template=REF, schema_generator=GenerateJsonSchema
    )
    return definitions["$defs"]


def _operation(rule: Rule, method: str, spec: Spec) -> dict[str, Any]:
    summary, _, description = spec.summary.partition("\n")
    operation: dict[str, Any] = {
        "operationId": rule.endpoint.replace(".", "_"),
        "tags": [_tag(rule)],
        "summary": summary,
        "description": _describe(spec, description),
        "parameters": [*_path_parameters(rule), *_query_parameters(spec), *_header_parameters(method, spec)],
        "responses": _responses(rule, method, spec),
        "security": [] if spec.permission == PUBLIC else [{"bearer": []}],
    }
    if spec.permission not in (PUBLIC, AUTHENTICATED):
        operation["x-permission"] = spec.permission
    if spec.body:
        operation["requestBody"] = {"required": True, "content": _content("application/json", _ref(spec.body))}
    if spec.upload:
        operation["requestBody"] = {"required": True, "content": _content("multipart/form-data", _upload_schema(spec))}
    return operation


def _describe(spec: Spec, description: str) -> str:
    if spec.permission == PUBLIC:
        return description.strip() or "Open to everyone."
    needs = (
        "Needs a signed-in user." if spec.permission == AUTHENTICATED else f"Needs the permission `{spec.permission}`."
    )
    return f"{description.strip()} {needs}".strip()


def _path_parameters(rule: Rule) -> list[dict[str, Any]]:
    parameters = []
    for converter, arguments, name in PATH_PART.findall(rule.rule):
        schema: dict[str, Any] = {"type": "string"}
        if converter == "uuid":
            schema["format"] = "uuid"
        if converter == "any":
            schema["enum"] = [part.strip() for part in arguments.split(",")]
        parameters.append({"name": name, "in": "path", "required": True, "schema": schema})
    return parameters


def _query_parameters(spec: Spec) -> list[dict[str, Any]]:
    if spec.query is None:
        return []
    schema = spec.query.model_json_schema(ref_template=REF)
    parameters = []
    for name, prop in schema["properties"].items():
        parameter = {"name": name, "in": "query", "required": name in schema.get("required", []), "schema": prop}
        if "description" in prop:
            parameter["description"] = prop.pop("description")
        if "array" in str(prop.get("anyOf", prop.get("type"))):
            parameter |= {"style": "form", "explode": False}
        parameters.append(_inlined(parameter, schema.get("$defs", {})))
    return parameters


def _inlined(node: Any, definitions: dict[str, Any]) -> Any:
    """Replace references to the query model's own definitions by what they say."""
    if isinstance(node, dict):
        if "$ref" in node:
            return _inlined(definitions[node["$ref"].rsplit("/", 1)[-1]], definitions)
        return {key: _inlined(value, definitions) for key, value in node.items()}
    if isinstance(node, list):
        return [_inlined(value, definitions) for value in node]
    return node


def _header_parameters(method: str, spec: Spec) -> list[dict[str, Any]]:
    parameters = []
    if spec.if_match:
        parameters.append(
            _header("If-Match", 'The ETag that the caller saw, like "3"', {"type": "string", "pattern": '^"\\d{1,9}"$'})
        )
    if method == "post" and spec.idempotency != "none":
        schema = {"type": "string", "minLength": 1, "maxLength": 255, "pattern": "^[!-~]+$"}
        parameters.append(
            _header("Idempotency-Key", "Makes a repetition harmless", schema, spec.idempotency == "required")
        )
    return parameters


def _header(name: str, description: str, schema: dict[str, Any], required: bool = False) -> dict[str, Any]:
    return {"name": name, "in": "header", "required": required, "description": description, "schema": schema}


def _responses(rule: Rule, method: str, spec: Spec) -> dict[str, Any]:
    """What may come back: the success and every problem that the endpoint's parts can raise."""
    success: dict[str, Any] = {"description": "Success"}
    if spec.out is bytes:
        success["content"] = _content("application/octet-stream", {"type": "string", "format": "binary"})
    elif spec.out is not None:
        success["content"] = _content("application/json", _ref(spec.out))
        success["headers"] = {"X-Request-Id": {"schema": {"type": "string"}}}
    problems = {400, 429, 503}
    if spec.permission != PUBLIC:
        problems |= {401, 403}
    elif spec.body:
        problems |= {401, 403}
    if "<" in rule.rule or spec.body or spec.upload:
        problems.add(404)
    if spec.body or spec.upload:
        problems |= {411, 413, 415, 422}
    if method != "get":
        problems |= {402, 409, 422}
    if spec.if_match:
        problems.add(412)
    responses = {str(spec.status): success}
    if method == "get" and spec.out is not None and not _is_page(spec.out):
        responses["304"] = {"description": "Not modified"}
    return responses | {str(status): {"$ref": f"#/components/responses/{status}"} for status in sorted(problems)}


def _is_page(out: Any) -> bool:
    return isinstance(out, type) and issubclass(out, Page)


def _upload_schema(spec: Spec) -> dict[str, Any]:
    properties: dict[str, Any] = {
        "file": {"type": "string", "format": "binary", "description": "The file, 10 MB at most"}
    }
    if spec.form:
        properties |= spec.form.model_json_schema()["properties"]
    return {"type": "object", "required": ["file"], "properties": properties, "additionalProperties": False}


def _content(media_type: str, schema: dict[str, Any]) -> dict[str, Any]:
    return {media_type: {"schema": schema}}


def _ref(model: Any) -> dict[str, Any]:
    name = re.sub(r"[^A-Za-z0-9_.-]", "_", model.__name__)
    return {"$ref": REF.format(model=name)}


def _tag(rule: Rule) -> str:
    return rule.endpoint.split(".")[0].replace("_", " ")
