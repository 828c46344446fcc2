"""One operation in the OpenAPI document."""

from __future__ import annotations

from typing import Any

from werkzeug.routing import Rule

from app.middleware.endpoint.spec import Spec
from app.middleware.identity.access import AUTHENTICATED, CANDIDATE, OF_PLATFORM, PLATFORM, PLATFORM_SELF, PUBLIC
from app.middleware.openapi import vocabulary
from app.middleware.openapi.json_schema import Schemas
from app.middleware.openapi.operation_ids import operation_id
from app.middleware.openapi.parameters import header_parameters, path_parameters, query_parameters
from app.middleware.openapi.responses import has_tag, responses
from app.schemas.common import RawMail

NEEDS: dict[str, str] = {
    PUBLIC: "No authentication required.",
    AUTHENTICATED: "Requires authentication.",
    CANDIDATE: "Requires a candidate who has signed in on the portal.",
    PLATFORM: "Requires a platform administrator with a second factor.",
    PLATFORM_SELF: "Requires a platform administrator.",
}


def operation_of(path: str, rule: Rule, method: str, spec: Spec, schemas: Schemas, is_located: bool) -> dict[str, Any]:
    summary, _, description = spec.summary.partition("\n")
    name = operation_id(method, path, spec.out)
    operation: dict[str, Any] = {
        "operationId": name,
        "tags": [tag_of(rule)],
        "summary": vocabulary.summary(name) or summary,
        "description": _describe(spec, description),
        "parameters": [
            *path_parameters(rule),
            *query_parameters(spec, schemas),
            *header_parameters(method, spec, has_tag(spec)),
        ],
        "responses": responses(rule, method, spec, schemas, is_located),
        "security": _security(spec),
    }
    if spec.permission not in NEEDS:
        operation["x-permission"] = spec.permission
    if spec.body:
        reference = schemas.ref(spec.body, "validation")
        body = {"schema": reference, "example": schemas.samples.request(reference["$ref"])}
        operation["requestBody"] = {"required": True, "content": {"application/json": body}}
    if spec.takes_mail:
        mail = {"type": "string", "format": "binary", "description": "The email (RFC 5322)"}
        operation["requestBody"] = {"required": True, "content": {RawMail.media_type: {"schema": mail}}}
    if spec.upload:
        form = {"multipart/form-data": {"schema": _upload_schema(spec, schemas)}}
        operation["requestBody"] = {"required": True, "content": form}
    return operation


def _upload_schema(spec: Spec, schemas: Schemas) -> dict[str, Any]:
    """Return the schema of a multipart body: the file and the fields of the form."""
    file = {"type": "string", "format": "binary", "description": "The file to upload"}
    form = schemas.of(spec.form) if spec.form else {}
    required = [*(["file"] if spec.upload_needed else []), *form.get("required", [])]
    properties = {"file": file, **form.get("properties", {})}
    return {"type": "object", "required": required, "properties": properties, "additionalProperties": False}


def _security(spec: Spec) -> list[dict[str, list[str]]]:
    if spec.permission == PUBLIC:
        return []
    own = "platform" if spec.permission in OF_PLATFORM else "bearer"
    return [{"candidate" if spec.permission == CANDIDATE else own: []}]


def _describe(spec: Spec, description: str) -> str:
    needs = NEEDS.get(spec.permission, f"Requires the `{spec.permission}` permission.")
    if spec.permission == PUBLIC:
        return description.strip() or needs
    return f"{description.strip()} {needs}".strip()


def tag_of(rule: Rule) -> str:
    return str(rule.endpoint).split(".")[0].replace("_", " ")
