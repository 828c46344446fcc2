"""Access checks of endpoints."""

from __future__ import annotations

from enum import StrEnum

from app.services.access.principal_service import Principal
from app.services.platform.platform_auth_service import PlatformPrincipal
from app.utils.errors import Forbidden, LimitReached


class Access(StrEnum):
    """Kinds of access other than a permission; an endpoint must declare them explicitly."""

    PUBLIC = "public"
    AUTHENTICATED = "authenticated"
    CANDIDATE = "candidate"
    PLATFORM = "platform"
    PLATFORM_SELF = "platform_self"


PUBLIC = Access.PUBLIC
AUTHENTICATED = Access.AUTHENTICATED
CANDIDATE = Access.CANDIDATE  # a candidate who has signed in on the portal
PLATFORM = Access.PLATFORM  # a platform administrator with a second factor
PLATFORM_SELF = Access.PLATFORM_SELF  # a platform administrator's own account, also without a second factor
OF_PLATFORM = (PLATFORM, PLATFORM_SELF)


def check(principal: Principal, permission: str, users_only: bool, feature: str | None) -> None:
    """Forbidden if the principal lacks the permission; LimitReached if the plan lacks the feature."""
    if users_only:
        principal.require_user()
    # Endpoints without a permission stay open, since users set up the second factor there.
    if permission != AUTHENTICATED and principal.lacks_second_factor:
        raise Forbidden("Your tenant requires a second factor. Set one up first.", code="second_factor_missing")
    if permission != AUTHENTICATED and permission not in principal.permissions:
        raise Forbidden(f"This requires the {permission} permission.", code="permission_missing")
    if feature is not None and feature not in principal.features:
        raise LimitReached("Your plan does not include this feature.", code="feature_missing", feature=feature)


def check_platform(principal: PlatformPrincipal, permission: str) -> None:
    """Forbidden without a second factor, except for the administrator's own account."""
    if permission == PLATFORM and not principal.has_second_factor:
        raise Forbidden("Set up a second factor first.", code="second_factor_missing")
