"""ETags: the version of what is shown, compared by If-Match and If-None-Match (RFC 9110, 13.1)."""

from __future__ import annotations

import re
from typing import Any

from flask import g, request

from app.utils.errors import BadRequest, PreconditionRequired

TAG = re.compile(r'^(?:W/)?"(\d{1,9})"$')


def etag_of(result: Any) -> str | None:
    """The tag of a versioned result, else None."""
    version = getattr(result, "version", None)
    return f'"{version}"' if isinstance(version, int) else None


def read_if_match() -> int | None:
    """The version that the caller saw; None where the header is not sent or is `*`.

    PreconditionRequired where it is not sent and the tenant takes no change without it (RFC 6585, 3).
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
    """Whether a GET's If-None-Match names this tag."""
    header = request.headers.get("If-None-Match", "")
    if not header or request.method not in ("GET", "HEAD"):
        return False
    return any(part.strip().removeprefix("W/") in (tag, "*") for part in header.split(",") if part.strip())
