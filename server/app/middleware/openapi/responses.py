"""The responses and request bodies of an operation in the OpenAPI document."""

from __future__ import annotations

import re
from typing import Any

from werkzeug.routing import Rule

from app.middleware.endpoint.spec import Spec, is_file
from app.middleware.identity.access import PUBLIC
from app.middleware.openapi.parameters import REF
from app.schemas.common import Page

RESPONSES = {
    400: "The request is malformed",
    401: "There is no valid access token",
    402: "The plan allows no more",
    403: "The permission is missing",
    404: "There is nothing here, or it is not the tenant's",
    409: "The state of things does not allow it",
    410: "It was there and is no more",
    411: "The body has no length",
    412: "The version has changed since",
    428: "The tenant takes no change without If-Match",
    413: "The body is too large",
    415: "The content type is not taken",
    422: "The body does not validate",
    429: "Too many requests",
    503: "A service that is needed does not answer",
}


def responses(rule: Rule, method: str, spec: Spec) -> dict[str, Any]:
    """Return the success response and every problem that the endpoint can return."""
    success: dict[str, Any] = {"description": "Success"}
    if is_file(spec.out):
        kinds = getattr(spec.out, "media_types", ("application/octet-stream",))
        file = {"type": "string", "format": "binary"}
        success["content"] = {kind: part for each in kinds for kind, part in content(each, file).items()}
    elif spec.out is not None:
        success["content"] = content("application/json", ref(spec.out))
        success["headers"] = {"X-Request-Id": {"schema": {"type": "string"}}}
    problems = {400, 429, 503}
    if spec.permission != PUBLIC:
        problems |= {401, 403}
    elif spec.body:
        problems |= {401, 403}
    names_a_row = spec.query is not None and any(name.endswith("_id") for name in spec.query.model_fields)
    if spec.permission == PUBLIC and "<" in rule.rule:
        problems.add(410)
    if "<" in rule.rule or spec.body or spec.upload or (names_a_row and not _is_page(spec.out)):
        problems.add(404)
    if spec.body or spec.upload:
        problems |= {411, 413, 415, 422}
    if method != "get":
        problems |= {402, 409, 422}
    if spec.if_match:
        problems |= {412, 428} if method in ("patch", "put") else {412}
    responses = {str(spec.status): success}
    if method == "get" and spec.out is not None and not _is_page(spec.out):
        responses["304"] = {"description": "Not modified"}
    if "candidate_id" in rule.rule:
        responses["308"] = {"description": "The candidate was merged into the one that Location names"}
    return responses | {str(status): {"$ref": f"#/components/responses/{status}"} for status in sorted(problems)}


def _is_page(out: Any) -> bool:
    return isinstance(out, type) and issubclass(out, Page)


def upload_schema(spec: Spec) -> dict[str, Any]:
    properties: dict[str, Any] = {
        "file": {"type": "string", "format": "binary", "description": "The file, 10 MB at most"}
    }
    if spec.form:
        properties |= spec.form.model_json_schema()["properties"]
    required = ["file"] if spec.upload_needed else []
    return {"type": "object", "required": required, "properties": properties, "additionalProperties": False}


def content(media_type: str, schema: dict[str, Any]) -> dict[str, Any]:
    return {media_type: {"schema": schema}}


def ref(model: Any) -> dict[str, Any]:
    name = re.sub(r"[^A-Za-z0-9_.-]", "_", model.__name__)
    return {"$ref": REF.format(model=name)}
