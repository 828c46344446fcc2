"""The specification of an endpoint, from its decorator and its view's annotations."""

from __future__ import annotations

import inspect
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, get_type_hints

from pydantic import BaseModel

from app.middleware.identity import access
from app.schemas.common import IfMatch, RawMail
from app.services.access.principal_service import Principal
from app.utils.file_store import Upload


@dataclass(frozen=True)
class Spec:
    """An endpoint's specification, from which the OpenAPI document and the generated tests are derived."""

    permission: str
    out: Any
    status: int
    body: type[BaseModel] | None
    query: type[BaseModel] | None
    form: type[BaseModel] | None
    upload: bool
    upload_needed: bool
    if_match: bool
    idempotency: str
    limit: str | None
    feature: str | None
    users_only: bool
    summary: str
    parameters: dict[str, Any] = field(default_factory=dict)
    upload_kind: str = "upload"

    @property
    def takes_mail(self) -> bool:
        """Whether the body is an email as it is."""
        return RawMail in self.parameters.values()


def is_file(out: Any) -> bool:
    """Whether an endpoint returns a file; the type's `media_types` lists the possible media types."""
    return isinstance(out, type) and issubclass(out, bytes)


def inspect_view(
    view: Callable[..., Any], permission: str, out: Any, status: int, key: str, limit: str | None, feature: str | None
) -> Spec:
    """Return the specification of a view."""
    hints = {name: hint for name, hint in get_type_hints(view).items() if name != "return"}
    return Spec(
        permission=permission,
        out=out,
        status=status,
        body=hints.get("body"),
        query=hints.get("query"),
        form=hints.get("form"),
        upload=hints.get("file") in (Upload, Upload | None),
        upload_needed=hints.get("file") is Upload,
        if_match=hints.get("if_match") is IfMatch,
        idempotency=(
            "none" if permission in (access.PUBLIC, access.CANDIDATE, *access.OF_PLATFORM) else key
        ),  # keys belong to a tenant
        limit=limit,
        feature=feature,
        users_only=Principal in hints.values(),
        summary=inspect.getdoc(view) or "",
        parameters=hints,
    )
