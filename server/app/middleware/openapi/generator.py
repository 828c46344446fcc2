"""The OpenAPI 3.1 document, generated from the specifications of the endpoints."""

from __future__ import annotations

from typing import Any

from flask import Flask
from pydantic import BaseModel
from werkzeug.routing import Rule

from app.middleware.endpoint.locations import CREATED, reader_of, readers_of
from app.middleware.endpoint.spec import Spec
from app.middleware.endpoint.words import in_path
from app.middleware.openapi import vocabulary
from app.middleware.openapi.json_schema import Schemas
from app.middleware.openapi.operations import operation_of, tag_of
from app.middleware.openapi.parameters import PATH_PART
from app.middleware.openapi.problems import problem_responses
from app.middleware.openapi.response_headers import headers
from app.schemas.problem_schema import Problem
from config.version import VERSION

METHODS = ("get", "post", "put", "patch", "delete")

CANDIDATE_TOKEN = "An access token of `/public/portal-sessions`"
PLATFORM_TOKEN = "The token of a platform administrator, from `POST /api/v1/platform/auth/login`"


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
    specs = [spec for _, _, spec in operations]
    forms, queries = ([getattr(spec, name) for spec in specs if getattr(spec, name)] for name in ("form", "query"))
    apart = [*forms, *queries]
    schemas = Schemas(_wanted(specs, apart), queries)
    readers = readers_of(app)
    paths: dict[str, Any] = {}
    for rule, method, spec in operations:
        is_located = spec.status == CREATED and reader_of(spec.out, readers) is not None
        for action in _actions(rule):
            path = PATH_PART.sub(lambda part: action if part[1] == "words" else f"{{{part[3]}}}", rule.rule)
            paths.setdefault(path, {})[method] = operation_of(path, rule, method, spec, schemas, is_located)
    schemas.drop(apart)
    return {
        "openapi": "3.1.0",
        "info": {
            "title": "Fairlead",
            "version": VERSION,
            "description": vocabulary.guides(),
            "license": {"name": "MIT", "identifier": "MIT"},
        },
        "servers": [{"url": "/"}],
        **_tags(operations),
        "paths": paths,
        "components": {
            "schemas": schemas.components,
            "headers": headers(),
            "securitySchemes": {
                "bearer": {"type": "http", "scheme": "bearer", "bearerFormat": "JWT"},
                "candidate": {
                    "type": "http",
                    "scheme": "bearer",
                    "bearerFormat": "JWT",
                    "description": CANDIDATE_TOKEN,
                },
                "platform": {"type": "http", "scheme": "bearer", "bearerFormat": "JWT", "description": PLATFORM_TOKEN},
            },
            "responses": problem_responses(schemas),
        },
    }


def _wanted(specs: list[Spec], apart: list[type[BaseModel]]) -> list[Any]:
    wanted: list[Any] = [(Problem, "serialization"), *((model, "validation") for model in apart)]
    for spec in specs:
        if spec.body:
            wanted.append((spec.body, "validation"))
        if isinstance(spec.out, type) and issubclass(spec.out, BaseModel):
            wanted.append((spec.out, "serialization"))
    return wanted


def _tags(operations: list[tuple[Rule, str, Spec]]) -> dict[str, Any]:
    """Return the tags with descriptions, and their groups, which reference pages show as chapters."""
    used = sorted({tag_of(rule) for rule, _, _ in operations})
    known = vocabulary.tags()
    groups: dict[str, list[str]] = {}
    for name in used:
        groups.setdefault(known[name]["group"], []).append(name)
    return {
        "tags": [{"name": name, "description": known[name]["description"]} for name in used],
        "x-tagGroups": [{"name": name, "tags": members} for name, members in groups.items()],
    }


def _actions(rule: Rule) -> list[str]:
    """Return the actions of an `words(...)` part of a path; each becomes its own path in the document."""
    offered = [part[2] for part in PATH_PART.finditer(rule.rule) if part[1] == "words"]
    return [in_path(action.strip()) for action in offered[0].split(",")] if offered else [""]
