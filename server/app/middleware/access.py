"""What an endpoint may ask of its caller, and whether the caller has it."""

from __future__ import annotations

from enum import StrEnum

from app.services.principal_service import Principal
from app.utils.errors import Forbidden


class Access(StrEnum):
    """Access that is not a permission; it must be said aloud."""

    PUBLIC = "public"
    AUTHENTICATED = "authenticated"


PUBLIC = Access.PUBLIC
AUTHENTICATED = Access.AUTHENTICATED


def check(principal: Principal, permission: str) -> None:
    """Forbidden unless the principal holds the permission."""
    if permission != AUTHENTICATED and permission not in principal.permissions:
        raise Forbidden(f"This needs the permission {permission}.", code="permission_missing")
