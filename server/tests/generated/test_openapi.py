"""The OpenAPI document is valid and the API keeps its word."""

from __future__ import annotations

import json
import re
import tomllib
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import schemathesis
from hypothesis import HealthCheck, given, settings
from jsonschema import Draft202012Validator, FormatChecker
from openapi_spec_validator import OpenAPIV31SpecValidator
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from app.middleware.identity.access import Access
from app.middleware.openapi import vocabulary
from app.middleware.openapi.generator import document, endpoints
from app.models.permission import PERMISSIONS, WIDENING
from tests.factories.candidate import candidate_body, make_candidate
from tests.factories.client import ok
from tests.factories.platform import make_platform_admin
from tests.factories.portal import sign_in
from tests.generated import registry
from tools import list_vocabulary

CHECKS = [
    not_a_server_error,
    status_code_conformance,
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
]
# JSON Schema 2020-12, as far as it is used here, and extensions of the document.
KEYWORDS = {
    *("type", "$ref", "anyOf", "oneOf", "allOf", "enum", "const", "properties", "required", "additionalProperties"),
    *("items", "minItems", "maxItems", "minLength", "maxLength", "pattern", "format", "minimum", "maximum"),
    *("exclusiveMinimum", "exclusiveMaximum", "propertyNames", "maxProperties", "description", "default", "examples"),
    *("discriminator", "contentMediaType", "contentSchema", "readOnly", "x-enum-varnames"),
}
SAID_TWICE: set[str] = set()
# Signing out would end the session that the other examples use.
LEFT_OUT = "auth_(logout|password|login|refresh)|tenants_signup|inbound_mail|portal_session_delete"


def test_the_document_is_valid(app):
    OpenAPIV31SpecValidator(document(app)).validate()


def test_every_endpoint_is_documented_with_errors_and_security(app):
    paths = document(app)["paths"]
    operations = [operation for methods in paths.values() for operation in methods.values()]
    assert len(operations) == len(registry.all_operations(app))
    for operation in operations:
        assert operation["summary"], operation["operationId"]
        assert "429" in operation["responses"] and ("401" in operation["responses"] or operation["security"] == [])
    permissions = {operation["x-permission"] for operation in operations if "x-permission" in operation}
    assert permissions == set(PERMISSIONS) - WIDENING
    assert {spec.permission for _, _, spec in endpoints(app)} - set(PERMISSIONS) == set(Access)


def _walk(node: Any, path: str = "") -> Iterator[tuple[str, dict[str, Any]]]:
    """Each schema below a node, with its place."""
    if not isinstance(node, dict):
        return
    yield path, node
    for name in ("properties", "$defs"):
        for key, each in node.get(name, {}).items():
            yield from _walk(each, f"{path}/{key}")
    for name in ("items", "additionalProperties", "propertyNames"):
        yield from _walk(node.get(name), f"{path}/{name}")
    for name in ("anyOf", "oneOf", "allOf"):
        for each in node.get(name, []):
            yield from _walk(each, path)


def _schemas(spec: dict[str, Any]) -> Iterator[tuple[str, dict[str, Any]]]:
    for name, schema in spec["components"]["schemas"].items():
        yield from _walk(schema, name)
    for operation in _operations(spec):
        for parameter in operation["parameters"]:
            yield from _walk(parameter["schema"], f"{operation['operationId']}?{parameter['name']}")
        for media in operation.get("requestBody", {}).get("content", {}).values():
            yield from _walk(media["schema"], f"{operation['operationId']} body")


def _operations(spec: dict[str, Any]) -> list[dict[str, Any]]:
    return [operation for methods in spec["paths"].values() for operation in methods.values()]


def test_schemas_are_json_schema_and_refer_to_what_is_there(app):
    spec = document(app)
    assert [(path, set(each) - KEYWORDS) for path, each in _schemas(spec) if set(each) - KEYWORDS] == []
    known = {f"#/components/schemas/{name}" for name in spec["components"]["schemas"]}
    named = [each["$ref"] for _, each in _schemas(spec) if "$ref" in each]
    named += [ref for _, each in _schemas(spec) for ref in each.get("discriminator", {}).get("mapping", {}).values()]
    assert set(named) <= known
    used = json.dumps(spec["paths"]) + json.dumps(spec["components"])
    assert [name for name in known if f'"{name}"' not in used] == []


def test_every_field_and_parameter_has_a_type_and_a_meaning(app):
    spec = document(app)
    typed = {"type", "$ref", "anyOf", "oneOf", "allOf", "enum", "const"}
    assert [path for path, each in _schemas(spec) if not typed & set(each)] == []
    shapeless = [
        path
        for path, each in _schemas(spec)
        if each.get("type") == "object" and not {"properties", "additionalProperties"} & set(each)
    ]
    assert shapeless == []
    cure = "say it in the schema or in app/data/field_descriptions.toml"
    fields = [
        f"{p}/{n}" for p, s in _schemas(spec) for n, f in s.get("properties", {}).items() if not f.get("description")
    ]
    assert fields == [], cure
    operations = _operations(spec)
    assert [
        (o["operationId"], p["name"]) for o in operations for p in o["parameters"] if not p["description"]
    ] == [], cure
    assert all(schema["description"] for schema in spec["components"]["schemas"].values())
    assert all(tag["description"] for tag in spec["tags"])


def test_a_change_is_absent_or_a_value(app):
    schemas = document(app)["components"]["schemas"]
    update = schemas["CandidateUpdate"]["properties"]
    assert update["name"]["type"] == "string" and {"type": "null"} in update["headline"]["anyOf"]
    changes = [schema for name, schema in schemas.items() if name.endswith("Update")]
    assert [field for schema in changes for field in schema["properties"].values() if "default" in field] == []


def test_operation_ids_and_paths_follow_one_scheme(app):
    spec = document(app)
    ids = [operation["operationId"] for operation in _operations(spec)]
    assert len(set(ids)) == len(ids)
    summaries = Counter(
        operation["summary"] for operation in _operations(spec) if "platform" not in operation["tags"][0]
    )
    shared = {summary for summary, count in summaries.items() if count > 1} - SAID_TWICE
    assert shared == set(), "say each in [summaries] of app/data/field_descriptions.toml"
    assert {"candidates_list", "candidates_get", "candidates_create", "jobs_hold", "interviews_no_show"} < set(ids)
    words = {word for path in spec["paths"] for word in path.split("/") if not word.startswith("{")}
    assert [word for word in words if not re.fullmatch(r"[a-z0-9-]*", word)] == []


def test_examples_validate(app):
    spec = document(app)
    for operation in _operations(spec):
        bodies = [operation.get("requestBody", {}), *(operation["responses"].values())]
        for media in (body.get("content", {}).get("application/json") for body in bodies):
            if media is not None:
                schema = {**media["schema"], "components": spec["components"]}
                errors = list(
                    Draft202012Validator(schema, format_checker=FormatChecker()).iter_errors(media["example"])
                )
                assert errors == [], operation["operationId"]
    problem = {"$ref": "#/components/schemas/Problem", "components": spec["components"]}
    for response in spec["components"]["responses"].values():
        for example in response["content"]["application/problem+json"]["examples"].values():
            assert list(Draft202012Validator(problem).iter_errors(example["value"])) == []


def test_the_api_takes_its_own_examples(app):
    """The models know more than JSON Schema says: which fields belong together, and what a country is."""
    bodies = {each.body.__name__: each.body for _, _, each in endpoints(app) if each.body}
    for operation in _operations(document(app)):
        media = operation.get("requestBody", {}).get("content", {}).get("application/json")
        if media is not None:
            model = bodies[media["schema"]["$ref"].rsplit("/", 1)[-1].removesuffix("Input")]
            model.model_validate(media["example"])


def test_no_text_of_a_parameter_is_hidden_by_that_of_a_field(app):
    texts = tomllib.loads((Path(vocabulary.__file__).parents[2] / "data/field_descriptions.toml").read_text())
    shown = {p["description"] for each in _operations(document(app)) for p in each["parameters"]}
    texts = {name: text for table in ("parameters", "paths") for name, text in texts[table].items()}
    # Of several values, the description goes on.
    assert [name for name, text in texts.items() if not any(each.startswith(text) for each in shown)] == []


def test_the_vocabulary_is_that_of_the_source():
    stored = json.loads(list_vocabulary.FILE.read_text())
    assert stored == list_vocabulary.vocabulary(), "run `python -m tools.list_vocabulary`"


def test_what_is_created_says_where_it_is(tenant, api):
    answer = api.post("/candidates", candidate_body())
    path = f"/api/v1/candidates/{answer.get_json()['id']}"
    assert (answer.status_code, answer.headers["Location"]) == (201, path)
    assert ok(api.get(path.removeprefix("/api/v1")))["id"] == answer.get_json()["id"]
    tag = api.post("/candidate-tags", {"name": "Tall"})
    assert tag.status_code == 201 and "Location" not in tag.headers  # a tag is only read in the list


@pytest.mark.timeout(600)
def test_the_api_conforms(app, world):
    schema = schemathesis.openapi.from_wsgi("/openapi.json", app).exclude(operation_id_regex=LEFT_OUT)
    make_candidate(world.own.tenant, emails=["fuzzed@people.example"])
    tokens = {
        "bearer": world.own.tenant.api().token,
        "candidate": sign_in(world.own.tenant, "fuzzed@people.example").token,
        "platform": make_platform_admin(app).api.token,
    }

    failures = []
    for result in schema.get_all_operations():
        operation = result.ok()
        security = operation.definition.raw["security"]
        failures += _try(operation.as_strategy(), tokens[next(iter(security[0])) if security else "bearer"])
    assert not failures, "\n\n".join(failures[:5])


def _try(strategy, token) -> list[str]:
    """Run examples of one operation; what did not conform, as text."""

    @given(case=strategy)
    @settings(max_examples=5, deadline=None, suppress_health_check=list(HealthCheck), derandomize=True, database=None)
    def run(case):
        case.call_and_validate(headers={"Authorization": f"Bearer {token}"}, checks=CHECKS)

    try:
        run()
    except Exception as error:
        return [str(error)]
    return []
