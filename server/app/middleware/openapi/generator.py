"""The OpenAPI 3.1 document, generated from the specifications of the endpoints."""

from __future__ import annotations

from typing import Any

from flask import Flask
from pydantic import BaseModel
from pydantic.json_schema import GenerateJsonSchema, models_json_schema
from werkzeug.routing import Rule

from app.middleware.endpoint.spec import Spec
from app.middleware.endpoint.words import in_path
from app.middleware.identity.access import AUTHENTICATED, OF_PLATFORM, PLATFORM, PLATFORM_SELF, PUBLIC
from app.middleware.openapi.parameters import PATH_PART, REF, header_parameters, path_parameters, query_parameters
from app.middleware.openapi.responses import RESPONSES, content, ref, responses, upload_schema
from app.schemas.problem_schema import Problem

VERSION = "1.0.0"
METHODS = ("get", "post", "put", "patch", "delete")
DESCRIPTION = (
    "Fairlead is a multi-tenant recruiting API. Sign in with `POST /api/v1/auth/login` and send the access token in "
    "the `Authorization: Bearer` header. Lists use cursor pagination. Errors are RFC 9457 problem details."
)

PLATFORM_TOKEN = "The token of a platform administrator, from `POST /api/v1/platform/auth/login`"
NEEDS: dict[str, str] = {
    PUBLIC: "No authentication required.",
    AUTHENTICATED: "Requires authentication.",
    PLATFORM: "Requires a platform administrator with a second factor.",
    PLATFORM_SELF: "Requires a platform administrator.",
}


def install(app: Flask) -> None:
    """Prepare the cache of the document, which is generated on first use."""
    app.extensions["openapi"] = None


def document(app: Flask) -> dict[str, Any]:
    """Return the document, generating it on first use."""
    known: dict[str, Any] | None = app.extensions.get("openapi")
    if known is None:
        app.extensions["openapi"] = known = _generate(app)
    return known


def endpoints(app: Flask) -> list[tuple[Rule, str, Spec]]:
    """Return the rule, method and specification of every API endpoint."""
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
        for action in _actions(rule):
            path = PATH_PART.sub(lambda part: action if part[1] == "words" else f"{{{part[3]}}}", rule.rule)
            paths.setdefault(path, {})[method] = _operation(rule, method, spec, action)
    return {
        "openapi": "3.1.0",
        "info": {"title": "Fairlead", "version": VERSION, "description": DESCRIPTION},
        "servers": [{"url": "/"}],
        "tags": [{"name": name} for name in sorted({_tag(rule) for rule, _, _ in operations})],
        "paths": paths,
        "components": {
            "schemas": schemas,
            "securitySchemes": {
                "bearer": {"type": "http", "scheme": "bearer", "bearerFormat": "JWT"},
                "platform": {"type": "http", "scheme": "bearer", "bearerFormat": "JWT", "description": PLATFORM_TOKEN},
            },
            "responses": {
                str(status): {"description": text, "content": content("application/problem+json", ref(Problem))}
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
    return dict(definitions["$defs"])


def _actions(rule: Rule) -> list[str]:
    """Return the actions of an `words(...)` part of a path; each becomes its own path in the document."""
    offered = [part[2] for part in PATH_PART.finditer(rule.rule) if part[1] == "words"]
    return [in_path(action.strip()) for action in offered[0].split(",")] if offered else [""]


def _operation(rule: Rule, method: str, spec: Spec, action: str) -> dict[str, Any]:
    summary, _, description = spec.summary.partition("\n")
    operation: dict[str, Any] = {
        "operationId": "_".join(filter(None, [rule.endpoint.replace(".", "_"), action])),
        "tags": [_tag(rule)],
        "summary": summary,
        "description": _describe(spec, description),
        "parameters": [*path_parameters(rule), *query_parameters(spec), *header_parameters(method, spec)],
        "responses": responses(rule, method, spec),
        "security": _security(spec),
    }
    if spec.permission not in NEEDS:
        operation["x-permission"] = spec.permission
    if spec.body:
        operation["requestBody"] = {"required": True, "content": content("application/json", ref(spec.body))}
    if spec.upload:
        operation["requestBody"] = {"required": True, "content": content("multipart/form-data", upload_schema(spec))}
    return operation


def _security(spec: Spec) -> list[dict[str, list[str]]]:
    if spec.permission == PUBLIC:
        return []
    return [{"platform": []}] if spec.permission in OF_PLATFORM else [{"bearer": []}]


def _describe(spec: Spec, description: str) -> str:
    needs = NEEDS.get(spec.permission, f"Requires the `{spec.permission}` permission.")
    if spec.permission == PUBLIC:
        return description.strip() or needs
    return f"{description.strip()} {needs}".strip()


def _tag(rule: Rule) -> str:
    return str(rule.endpoint).split(".")[0].replace("_", " ")
