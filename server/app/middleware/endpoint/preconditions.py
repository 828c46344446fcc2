"""ETags: the version of a resource, compared with If-Match and If-None-Match (RFC 9110, 13.1)."""

from __future__ import annotations

import re
from typing import Any

from flask import g, request

from app.utils.errors import BadRequest, PreconditionRequired

# Proxies that compress responses weaken the tag (W/). Nine digits fit PostgreSQL's integer.
TAG = re.compile(r'^(?:W/)?"(\d{1,9})"$')


def etag_of(result: Any) -> str | None:
    """Return the ETag of a versioned result, else None."""
    version = getattr(result, "version", None)
    return f'"{version}"' if isinstance(version, int) else None


def read_if_match() -> int | None:
    """Return the version in If-Match, or None if the header is missing or `*`.

    PreconditionRequired if it is missing and the tenant requires it for changes (RFC 6585, 3).
    """
    header = request.headers.get("If-Match")
    principal = g.get("principal")
    if header is None and principal is not None and principal.must_match and request.method in ("PATCH", "PUT"):
        raise PreconditionRequired("Your tenant requires If-Match. Send the ETag of the version that you read.")
    if header is None or header.strip() == "*":
        return None
    match = TAG.match(header.strip())
    if match is None:
        raise BadRequest('If-Match must be a single ETag, like "3".', code="bad_if_match")
    return int(match.group(1))


def not_modified(tag: str) -> bool:
    """Whether If-None-Match of a GET or HEAD contains this ETag."""
    header = request.headers.get("If-None-Match", "")
    if not header or request.method not in ("GET", "HEAD"):
        return False
    # If-None-Match compares weakly (RFC 9110, 13.1.2).
    return any(part.strip().removeprefix("W/") in (tag, "*") for part in header.split(",") if part.strip())
