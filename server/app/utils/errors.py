"""Domain errors, one class per HTTP status; instances differ by `code`."""

from __future__ import annotations

from typing import Any

from app.utils.sentences import sentence


class DomainError(Exception):
    """Base class: `status` is the HTTP status, `code` a stable identifier, `detail` a readable sentence."""

    status = 500
    code = "internal_error"
    title = "Internal Server Error"

    def __init__(
        self,
        detail: str,
        *,
        code: str | None = None,
        errors: list[dict[str, str]] | None = None,
        headers: dict[str, str] | None = None,
        **extra: Any,
    ) -> None:
        super().__init__(detail)
        self.detail = detail
        self.code = code or type(self).code
        self.errors = [{**each, "detail": sentence(each["detail"])} for each in errors or []]
        self.headers = headers or {}
        self.extra = extra


class Moved(DomainError):
    """A redirect to the path in which `old` is replaced with `merged_into`."""

    status, code, title = 308, "merged", "Permanent Redirect"  # unlike 301, it keeps the method and the body

    def __init__(self, detail: str, *, old: Any, merged_into: Any) -> None:
        super().__init__(detail, merged_into=str(merged_into))
        self.old = str(old)


class BadRequest(DomainError):
    status, code, title = 400, "bad_request", "Bad Request"


class Unauthenticated(DomainError):
    """Sends the challenge of RFC 6750; `token_refused` means that a token was sent but is not valid."""

    status, code, title = 401, "unauthenticated", "Unauthorized"

    def __init__(self, detail: str, *, code: str | None = None, token_refused: bool = False) -> None:
        challenge = 'Bearer realm="fairlead"' + (', error="invalid_token"' if token_refused else "")
        super().__init__(detail, code=code, headers={"WWW-Authenticate": challenge})


class Forbidden(DomainError):
    status, code, title = 403, "forbidden", "Forbidden"


class NotFound(DomainError):
    status, code, title = 404, "not_found", "Not Found"

    def __init__(self, detail: str = "There is nothing at this URL.", **kwargs: Any) -> None:
        super().__init__(detail, **kwargs)


class Conflict(DomainError):
    status, code, title = 409, "conflict", "Conflict"


class Gone(DomainError):
    status, code, title = 410, "gone", "Gone"


class LengthRequired(DomainError):
    status, code, title = 411, "length_required", "Length Required"


class PreconditionFailed(DomainError):
    status, code, title = 412, "version_mismatch", "Precondition Failed"


class PayloadTooLarge(DomainError):
    status, code, title = 413, "payload_too_large", "Content Too Large"


class UnsupportedMedia(DomainError):
    status, code, title = 415, "unsupported_media_type", "Unsupported Media Type"


class Invalid(DomainError):
    status, code, title = 422, "invalid", "Unprocessable Content"


class LimitReached(DomainError):
    status, code, title = 402, "limit_reached", "Payment Required"


class PreconditionRequired(DomainError):
    status, code, title = 428, "if_match_required", "Precondition Required"


class TooManyRequests(DomainError):
    status, code, title = 429, "rate_limited", "Too Many Requests"


class UpstreamFailed(DomainError):
    status, code, title = 502, "upstream_failed", "Bad Gateway"


class Unavailable(DomainError):
    status, code, title = 503, "unavailable", "Service Unavailable"


class StorageFull(DomainError):
    status, code, title = 507, "storage_full", "Insufficient Storage"
