"""`@endpoint`: everything that an API route says about its edge, in one line."""

from __future__ import annotations

import inspect
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import wraps
from typing import Any, get_type_hints

from flask import Response, current_app, g, request
from pydantic import BaseModel

from app.middleware import access, idempotency, platform_context, validation
from app.middleware.authentication import authenticate, enforce
from app.middleware.client import Client, read_client
from app.middleware.preconditions import read_if_match
from app.middleware.serialisation import respond, serialiser
from app.middleware.tenant_context import with_tenant_context
from app.schemas.common import IfMatch, Query
from app.services.platform_auth_service import PlatformPrincipal
from app.services.principal_service import Principal
from app.utils import rate_limiter
from app.utils.file_store import Upload
from app.utils.rate_limiter import Limit


@dataclass(frozen=True)
class Spec:
    """What is known of an endpoint: the source of the OpenAPI document and of the generated tests."""

    permission: str
    out: Any
    status: int
    body: type[BaseModel] | None
    query: type[BaseModel] | None
    form: type[BaseModel] | None
    upload: bool
    if_match: bool
    idempotency: str
    limit: str | None
    summary: str
    parameters: dict[str, Any] = field(default_factory=dict)


def endpoint(
    permission: str,
    *,
    out: Any = None,
    status: int = 200,
    idempotency_key: str = "optional",
    limit: str | None = None,
) -> Callable[[Callable[..., Any]], Callable[..., Response]]:
    """Make a view an API endpoint.

    `permission` is a name of the catalogue or an `Access`. The view's annotations say the rest:
    `body` and `query` are Pydantic models, `file` an Upload with `form` beside it, `if_match` an IfMatch,
    `principal` the Principal, `client` the Client. `limit` names a rate limit of the settings for public routes.
    """

    def decorate(view: Callable[..., Any]) -> Callable[..., Response]:
        spec = _inspect(view, permission, out, status, idempotency_key, limit)
        serialise = serialiser(out)
        call = _platform if permission in access.OF_PLATFORM else _public if permission == access.PUBLIC else _private

        @wraps(view)
        def handle(**path: Any) -> Response:
            return call(view, spec, serialise, path)

        handle.spec = spec  # type: ignore[attr-defined]
        return handle

    return decorate


def _inspect(view: Callable[..., Any], permission: str, out: Any, status: int, key: str, limit: str | None) -> Spec:
    hints = {name: hint for name, hint in get_type_hints(view).items() if name != "return"}
    return Spec(
        permission=permission,
        out=out,
        status=status,
        body=hints.get("body"),
        query=hints.get("query"),
        form=hints.get("form"),
        upload=hints.get("file") is Upload,
        if_match=hints.get("if_match") is IfMatch,
        idempotency="none" if permission in (access.PUBLIC, *access.OF_PLATFORM) else key,
        limit=limit,
        summary=inspect.getdoc(view) or "",
        parameters=hints,
    )


def _public(view: Any, spec: Spec, serialise: Any, path: dict[str, Any]) -> Response:
    if spec.limit:
        rate = getattr(current_app.config["SETTINGS"], f"rate_limit_{spec.limit}")
        enforce(rate_limiter.hit(Limit.parse(spec.limit, request.remote_addr or "-", rate)))
    return respond(view(**path, **_inputs(spec)), spec.status, serialise)


def _platform(view: Any, spec: Spec, serialise: Any, path: dict[str, Any]) -> Response:
    """A tenant named in the path is bound, and is no argument of the view."""
    principal = platform_context.authenticate()
    access.check_platform(principal, spec.permission)
    with platform_context.bound(principal, path.pop("tenant_id", None)):
        return respond(view(**path, **_inputs(spec)), spec.status, serialise)


def _private(view: Any, spec: Spec, serialise: Any, path: dict[str, Any]) -> Response:
    access.check(authenticate(), spec.permission)
    return _within_tenant(view, spec, serialise, path)


@with_tenant_context
def _within_tenant(view: Any, spec: Spec, serialise: Any, path: dict[str, Any]) -> Response:
    inputs = _inputs(spec)

    def call() -> Response:
        return respond(view(**path, **inputs), spec.status, serialise)

    if request.method == "POST" and spec.idempotency != "none":
        return idempotency.answer_once(call, spec.idempotency == "required")
    return call()


def _inputs(spec: Spec) -> dict[str, Any]:
    """What the view's annotations ask for."""
    inputs: dict[str, Any] = {}
    if spec.query:
        inputs["query"] = validation.read_query(spec.query)
    elif request.args:
        validation.read_query(Query)
    if spec.body:
        inputs["body"] = validation.read_body(spec.body)
    if spec.upload:
        inputs["file"], fields = validation.read_upload()
        if spec.form:
            inputs["form"] = validation.read_form(spec.form, fields)
    if spec.if_match:
        inputs["if_match"] = read_if_match()
    for name, hint in spec.parameters.items():
        if hint is Principal:
            inputs[name] = g.principal
        elif hint is PlatformPrincipal:
            inputs[name] = g.platform_principal
        elif hint is Client:
            inputs[name] = read_client()
    return inputs
