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
    401: "The access token or credentials are missing or invalid",
    402: "The plan does not allow this",
    403: "You do not have permission",
    404: "The resource does not exist, or it is not visible to you",
    409: "The request conflicts with the current state",
    410: "The resource is no longer available",
    411: "The Content-Length header is missing",
    412: "The resource has changed since the version in If-Match",
    428: "The tenant requires the If-Match header",
    413: "The request body is too large",
    415: "The content type is not supported",
    422: "The request body is invalid",
    429: "Too many requests",
    503: "A required service is unavailable",
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
    # Public endpoints with a body, such as sign-in, refuse credentials or the origin of a cookie.
    elif spec.body:
        problems |= {401, 403}
    # A list that is filtered by an unknown id is empty instead of 404.
    names_a_row = spec.query is not None and any(name.endswith("_id") for name in spec.query.model_fields)
    if spec.permission == PUBLIC and "<" in rule.rule:
        problems.add(410)  # an expired link, a closed job
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
        responses["308"] = {"description": "The candidate was merged into another one, at the URL in Location"}
    return responses | {str(status): {"$ref": f"#/components/responses/{status}"} for status in sorted(problems)}


def _is_page(out: Any) -> bool:
    return isinstance(out, type) and issubclass(out, Page)


def upload_schema(spec: Spec) -> dict[str, Any]:
    properties: dict[str, Any] = {"file": {"type": "string", "format": "binary", "description": "The file to upload"}}
    if spec.form:
        properties |= spec.form.model_json_schema()["properties"]
    required = ["file"] if spec.upload_needed else []
    return {"type": "object", "required": required, "properties": properties, "additionalProperties": False}


def content(media_type: str, schema: dict[str, Any]) -> dict[str, Any]:
    return {media_type: {"schema": schema}}


def ref(model: Any) -> dict[str, Any]:
    name = re.sub(r"[^A-Za-z0-9_.-]", "_", model.__name__)
    return {"$ref": REF.format(model=name)}
