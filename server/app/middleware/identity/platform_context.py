"""The platform administrator of a request, and the tenant that the request is bound to."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from uuid import UUID

from flask import current_app, g

from app.middleware.identity.authentication import bearer, enforce
from app.models.tenant import PLATFORM
from app.services.platform import platform_auth_service, platform_tenant_service
from app.services.platform.platform_auth_service import PlatformPrincipal
from app.utils import rate_limiter, scope
from app.utils.jwt_codec import jwt_codec
from app.utils.rate_limiter import Limit
from app.utils.scope import Actor


def authenticate() -> PlatformPrincipal:
    """Return the administrator of the platform token; Unauthenticated for any other token."""
    claims = jwt_codec.decode_platform(bearer())
    rate = current_app.config["SETTINGS"].rate_limit_principal
    enforce(rate_limiter.hit(Limit.parse("principal", str(claims.session_id), rate)))
    g.platform_principal = principal = platform_auth_service.resolve(claims)
    return principal


@contextmanager
def bound(principal: PlatformPrincipal, tenant_id: UUID | None) -> Iterator[None]:
    """Bind the tenant of the path, NotFound if it does not exist; without one, bind the platform scope."""
    actor = Actor("platform", principal.admin_id, g.get("request_id"), frozenset({PLATFORM}))
    if tenant_id is None:
        with scope.platform("a platform administrator looks at all tenants", actor):
            yield
        return
    with scope.tenant(tenant_id, actor):
        platform_tenant_service.require()
        yield
