"""`@endpoint`: declares permission, input and response of an API route."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from functools import wraps
from typing import Any
from uuid import UUID

from flask import Response, g, request

from app.middleware.endpoint import idempotency, inbound_mail, validation
from app.middleware.endpoint.preconditions import read_if_match
from app.middleware.endpoint.serialisation import respond, serialiser
from app.middleware.endpoint.spec import Spec, inspect_view
from app.middleware.identity import access, candidate_context, platform_context
from app.middleware.identity.authentication import authenticate
from app.middleware.identity.client import Client, read_client
from app.middleware.identity.public_limits import enforce_public
from app.middleware.identity.tenant_context import with_tenant_context
from app.schemas.common import Query, RawMail
from app.services.access import job_rights
from app.services.access.principal_service import Principal
from app.services.platform.platform_auth_service import PlatformPrincipal
from app.utils.errors import NotFound


def endpoint(
    permission: str,
    *,
    out: Any = None,
    status: int = 200,
    idempotency_key: str = "optional",
    limit: str | None = None,
    feature: str | None = None,
    upload_kind: str = "upload",
) -> Callable[[Callable[..., Any]], Callable[..., Response]]:
    """Turn a view into an API endpoint.

    `permission` is a permission's name or an `Access`. The parameters of the view declare its input: `body` and `query`
    are Pydantic models, `file` is an Upload with an optional `form`, `if_match` an IfMatch, `principal` the Principal,
    `client` the Client. `limit` names a rate limit of the settings, for public routes; `feature` a feature of the plan;
    `upload_kind` the size limit of the file. If the view has a `principal`, API keys cannot call it.
    """

    def decorate(view: Callable[..., Any]) -> Callable[..., Response]:
        spec = inspect_view(view, permission, out, status, idempotency_key, limit, feature)
        spec = replace(spec, upload_kind=upload_kind)
        serialise = serialiser(out)
        call = _platform if permission in access.OF_PLATFORM else CALLS.get(permission, _private)

        @wraps(view)
        def handle(**path: Any) -> Response:
            return call(view, spec, serialise, path)

        handle.spec = spec  # type: ignore[attr-defined]  # an attribute of the function
        return handle

    return decorate


def _public(view: Any, spec: Spec, serialise: Any, path: dict[str, Any]) -> Response:
    # Before the body is read, so that refused requests cost little.
    if spec.limit:
        enforce_public(spec.limit)
    return respond(view(**path, **_inputs(spec)), spec, serialise)


def _platform(view: Any, spec: Spec, serialise: Any, path: dict[str, Any]) -> Response:
    """Bind the tenant of the path, which is not passed to the view."""
    principal = platform_context.authenticate()
    access.check_platform(principal, spec.permission)
    with platform_context.bound(principal, path.pop("tenant_id", None)):
        return respond(view(**path, **_inputs(spec)), spec, serialise)


def _candidate(view: Any, spec: Spec, serialise: Any, path: dict[str, Any]) -> Response:
    """Pass the candidate of the portal's token to the view."""
    with candidate_context.by_token() as candidate:
        return respond(view(candidate=candidate, **path, **_inputs(spec)), spec, serialise)


def _private(view: Any, spec: Spec, serialise: Any, path: dict[str, Any]) -> Response:
    access.check(authenticate(), spec.permission, spec.users_only, spec.feature)
    g.permission = spec.permission
    return _within_tenant(view, spec, serialise, path)


@with_tenant_context
def _within_tenant(view: Any, spec: Spec, serialise: Any, path: dict[str, Any]) -> Response:
    # Read before `answer_once` opens a transaction, which a slow client would keep open.
    inputs = _inputs(spec)

    def call() -> Response:
        try:
            return respond(view(**path, **inputs), spec, serialise)
        except NotFound as missing:
            if request.method == "GET":
                raise
            ids = {name: value for name, value in path.items() if isinstance(value, UUID)}
            raise job_rights.refusal_of_change(ids, g.principal.visibility) or missing from missing

    if request.method == "POST" and spec.idempotency != "none":
        return idempotency.answer_once(call, spec.idempotency == "required")
    return call()


CALLS: dict[str, Callable[..., Response]] = {access.PUBLIC: _public, access.CANDIDATE: _candidate}


def _inputs(spec: Spec) -> dict[str, Any]:
    """Return the arguments that the view's annotations declare."""
    inputs: dict[str, Any] = {}
    if spec.query:
        inputs["query"] = validation.read_query(spec.query)
    # Refuses all parameters: a misspelled one must not be ignored.
    elif request.args:
        validation.read_query(Query)
    if spec.body:
        inputs["body"] = validation.read_body(spec.body)
    if spec.upload:
        inputs["file"], fields = validation.read_upload(spec.upload_kind, spec.upload_needed)
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
        elif hint is RawMail:
            inputs[name] = inbound_mail.read_mail()
    return inputs
