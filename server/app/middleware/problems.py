"""Errors as problem details (RFC 9457), or pages for browsers: the only place that maps errors to responses."""

from __future__ import annotations

import re
from typing import Any

import orjson
import structlog
from flask import Flask, Response, g, request
from werkzeug.exceptions import HTTPException

from app.middleware.pages import rendering
from app.middleware.security_headers import PRIVATE
from app.schemas.problem_schema import MEDIA_TYPE
from app.services.core.transaction import is_unavailable
from app.utils.errors import DomainError, Moved, Unavailable

# What Flask and Werkzeug refuse, in our own words: code and detail by status.
SENTENCES = {
    400: ("bad_request", "The request is malformed."),
    404: ("not_found", "There is nothing at this URL."),
    405: ("method_not_allowed", "This URL does not support the method. The Allow header lists those that it does."),
    408: ("request_timeout", "The request took too long to arrive."),
    413: ("payload_too_large", "The body is too large."),
    414: ("uri_too_long", "The URL is too long."),
    415: ("unsupported_media_type", "The content type is not supported."),
    431: ("header_fields_too_large", "The headers are too many or too long."),
}
OTHER = ("http_error", "The request was refused.")
UNEXPECTED = ("internal_error", "Something went wrong on our side.")
RETRY_SECONDS = "2"

log = structlog.get_logger()


def install(app: Flask) -> None:
    """Register the error handlers."""
    app.register_error_handler(DomainError, _domain_error)
    app.register_error_handler(HTTPException, _http_error)
    app.register_error_handler(Exception, _unexpected)


def problem(status: int, title: str, detail: str, code: str, **members: Any) -> Response:
    """Return a problem response; `members` are added to the standard members."""
    headers = members.pop("headers", {})
    body = {
        "type": f"urn:fairlead:problem:{code}",
        "title": title,
        "status": status,
        "detail": detail,
        "instance": request.path,
        "code": code,
        "request_id": g.get("request_id", ""),
        "errors": members.pop("errors", []),
        **members,
    }
    return Response(orjson.dumps(body, default=str), status, headers, content_type=MEDIA_TYPE)


def _domain_error(error: DomainError) -> Response:
    headers = error.headers
    if error.status == Unavailable.status:
        headers = {"Retry-After": RETRY_SECONDS, **headers}
    if isinstance(error, Moved):
        # The rest of the path stays: /candidates/{old}/notes leads to /candidates/{new}/notes.
        path = re.sub(re.escape(error.old), error.extra["merged_into"], request.path, flags=re.IGNORECASE)
        query = request.query_string.decode("ascii", "ignore")
        headers = {"Location": f"{path}?{query}" if query else path}
    return problem(
        error.status,
        error.title,
        error.detail,
        error.code,
        errors=error.errors,
        headers=headers,
        **error.extra,
    )


def _http_error(error: HTTPException) -> Response:
    status = error.code or 500
    # The other headers describe Werkzeug's HTML page.
    headers = {name: value for name, value in error.get_headers() if name in ("Allow", "Retry-After", "Location")}
    if "Allow" in headers:
        # Werkzeug takes the methods from a set, whose order varies between processes.
        headers["Allow"] = ", ".join(sorted(headers["Allow"].split(", ")))
    code, detail = SENTENCES.get(status, OTHER)
    if _is_for_a_person():
        return rendering.problem(status, code, headers)
    return problem(status, error.name, detail, code, headers=headers)


def _is_for_a_person() -> bool:
    """Return whether a browser has asked for a page, outside the API."""
    wanted = request.accept_mimetypes.best_match([MEDIA_TYPE, "application/json", "text/html"], default=MEDIA_TYPE)
    return wanted == "text/html" and not f"{request.path}/".lower().startswith(PRIVATE)


def _unexpected(error: Exception) -> Response:
    # 503 tells clients that a retry may succeed; 500 would not.
    if is_unavailable(error):
        log.warning("database unavailable", error=type(error).__name__)
        return _domain_error(Unavailable("The database is not responding. Try again."))
    principal = g.get("principal")
    log.exception(
        "unexpected error",
        error=type(error).__name__,
        request_id=g.get("request_id"),
        method=request.method,
        route=request.url_rule.rule if request.url_rule else None,
        tenant=str(principal.tenant_id) if principal else None,
    )
    code, detail = UNEXPECTED
    return problem(500, "Internal Server Error", detail, code)
