"""The problem responses of the OpenAPI document, with an example for each code."""

from __future__ import annotations

from http import HTTPStatus
from typing import Any

from app.middleware.openapi import vocabulary
from app.middleware.openapi.json_schema import Schemas
from app.middleware.openapi.response_headers import header_refs
from app.middleware.openapi.samples import SAMPLES
from app.schemas.problem_schema import MEDIA_TYPE, Problem

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
    413: "The request body is too large",
    415: "The content type is not supported",
    422: "The request body is invalid",
    428: "The tenant requires the If-Match header",
    429: "Too many requests",
    503: "A required service is unavailable",
}
OF_STATUS = {401: ("WWW-Authenticate",), 412: ("ETag",), 429: ("Retry-After",), 503: ("Retry-After",)}


def problem_responses(schemas: Schemas) -> dict[str, Any]:
    """Return the components of all problems, with an example for each code."""
    return {str(status): _problem_response(status, text, schemas) for status, text in RESPONSES.items()}


def _problem_response(status: int, text: str, schemas: Schemas) -> dict[str, Any]:
    body = {
        "schema": schemas.ref(Problem, "serialization"),
        "examples": {
            code: {"value": _example(code, status, known["detail"] or f"{text}.")}
            for code, known in vocabulary.problems().items()
            if known["status"] == status
        },
    }
    return {
        "description": text,
        "headers": header_refs("X-Request-Id", *OF_STATUS.get(status, ())),
        "content": {MEDIA_TYPE: body},
    }


def _example(code: str, status: int, detail: str) -> dict[str, Any]:
    return {
        "type": f"urn:fairlead:problem:{code}",
        "title": HTTPStatus(status).phrase,
        "status": status,
        "detail": detail,
        "instance": "/api/v1/candidates",
        "code": code,
        "request_id": SAMPLES["uuid"],
        "errors": [],
    }
