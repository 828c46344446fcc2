"""The headers of responses in the OpenAPI document."""

from __future__ import annotations

from typing import Any

HEADERS = {
    "X-Request-Id": ("Identifies the request in logs and events", {"type": "string"}),
    "ETag": ("The version of the resource, for If-Match and If-None-Match", {"type": "string"}),
    "Location": ("The path of the new resource", {"type": "string"}),
    "Link": ('The path of the next page, with `rel="next"`; absent on the last page', {"type": "string"}),
    "RateLimit-Policy": (
        "The limit that applies: its name, the number of requests `q` in `w` seconds",
        {"type": "string"},
    ),
    "RateLimit": (
        "The requests that are left, `r`, and the seconds until the limit starts anew, `t`",
        {"type": "string"},
    ),
    "Retry-After": ("Seconds to wait before you try again", {"type": "string"}),
    "WWW-Authenticate": ("The scheme of authentication, and whether a token was refused", {"type": "string"}),
    "Content-Disposition": ("`attachment` with the name of the file", {"type": "string"}),
    "Idempotency-Replayed": ("`true` if this is the stored response of an earlier request", {"type": "string"}),
}


def headers() -> dict[str, Any]:
    """Return the components of all headers."""
    return {name: {"description": says, "schema": schema} for name, (says, schema) in HEADERS.items()}


def header_refs(*names: str) -> dict[str, Any]:
    return {name: {"$ref": f"#/components/headers/{name}"} for name in names}
