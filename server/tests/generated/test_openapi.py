"""The OpenAPI document is valid and the API keeps its word."""

from __future__ import annotations

import pytest
import schemathesis
from hypothesis import HealthCheck, given, settings
from openapi_spec_validator import OpenAPIV31SpecValidator
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from app.middleware.identity.access import Access
from app.middleware.openapi.generator import document, endpoints
from app.models.permission import PERMISSIONS, WIDENING
from tests.factories.platform import make_platform_admin
from tests.generated import registry

CHECKS = [
    not_a_server_error,
    status_code_conformance,
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
]
# Signing out would end the session that the other examples use.
LEFT_OUT = "auth_(logout|change_password|login|refresh)|tenants_sign_up"


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


def test_examples_stand_in_the_document(app):
    schemas = document(app)["components"]["schemas"]
    assert schemas["CandidateCreate"]["properties"]["name"]["examples"]


@pytest.mark.timeout(600)
def test_the_api_conforms(app, world):
    schema = schemathesis.openapi.from_wsgi("/openapi.json", app).exclude(operation_id_regex=LEFT_OUT)
    tokens = {"bearer": world.own.tenant.api().token, "platform": make_platform_admin(app).api.token}

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
