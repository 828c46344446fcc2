"""The responses of an operation in the OpenAPI document."""

from __future__ import annotations

from typing import Any

from werkzeug.routing import Rule

from app.middleware.endpoint.spec import Spec, is_file
from app.middleware.identity.access import PUBLIC
from app.middleware.openapi.json_schema import Schemas
from app.middleware.openapi.response_headers import header_refs
from app.schemas.lists import Page


def responses(rule: Rule, method: str, spec: Spec, schemas: Schemas, is_located: bool) -> dict[str, Any]:
    """Return the success response and every problem that the endpoint can return."""
    success: dict[str, Any] = {"description": _success(spec), "headers": header_refs(*_success_headers(method, spec))}
    if is_located:
        success["headers"] |= header_refs("Location")
    if is_file(spec.out):
        kinds = getattr(spec.out, "media_types", ("application/octet-stream",))
        success["content"] = {kind: {"schema": {"type": "string", "format": "binary"}} for kind in kinds}
    elif spec.out is not None:
        reference = schemas.ref(spec.out, "serialization")
        body = {"schema": reference, "example": schemas.samples.response(reference["$ref"])}
        success["content"] = {"application/json": body}
    found = {str(spec.status): success}
    if method == "get" and has_tag(spec):
        found["304"] = {"description": "Not modified", "headers": header_refs("ETag", "X-Request-Id")}
    if "candidate_id" in rule.rule:
        found["308"] = {
            "description": "The candidate was merged into another one",
            "headers": header_refs("Location", "X-Request-Id"),
        }
    return found | {
        str(status): {"$ref": f"#/components/responses/{status}"} for status in sorted(_problems(rule, method, spec))
    }


def has_tag(spec: Spec) -> bool:
    """Return whether the response has a version, and so an ETag."""
    return spec.out is not None and "version" in getattr(spec.out, "model_fields", {})


def _success(spec: Spec) -> str:
    if spec.out is None:
        return "Done; the response has no body" if spec.status == 204 else "Accepted"
    return {201: "Created", 202: "Accepted: it is done in the background"}.get(
        spec.status, "The file" if is_file(spec.out) else "Success"
    )


def _success_headers(method: str, spec: Spec) -> list[str]:
    names = ["X-Request-Id"]
    if spec.permission != PUBLIC:
        names += ["RateLimit-Policy", "RateLimit"]
    if is_file(spec.out):
        names.append("Content-Disposition")
    if is_page(spec.out):
        names.append("Link")
    elif has_tag(spec):
        names.append("ETag")
    if method == "post" and spec.idempotency != "none":
        names.append("Idempotency-Replayed")
    return names


def _problems(rule: Rule, method: str, spec: Spec) -> set[int]:
    problems = {400, 429, 503}
    if spec.permission != PUBLIC:
        problems |= {401, 403}
    # Public endpoints with a body, such as sign-in, refuse credentials or the origin of a cookie.
    elif spec.body or spec.takes_mail:
        problems |= {401, 403}
    # A list that is filtered by an unknown id is empty instead of 404.
    names_a_row = spec.query is not None and any(name.endswith("_id") for name in spec.query.model_fields)
    if spec.permission == PUBLIC and "<" in rule.rule:
        problems.add(410)  # an expired link, a closed job
    if "<" in rule.rule or spec.body or spec.upload or spec.takes_mail or (names_a_row and not is_page(spec.out)):
        problems.add(404)
    if spec.body or spec.upload or spec.takes_mail:
        problems |= {411, 413, 415, 422}
    if method != "get":
        problems |= {402, 409, 422}
    if spec.if_match:
        problems |= {412, 428} if method in ("patch", "put") else {412}
    return problems


def is_page(out: Any) -> bool:
    return isinstance(out, type) and issubclass(out, Page)
