"""Permissions beyond the endpoint's. They apply to callers only: functions and the command line are not checked."""

from __future__ import annotations

from uuid import UUID

from app.utils import scope
from app.utils.errors import Forbidden


def lacks(right: str) -> bool:
    """Return whether the actor is a caller without this permission."""
    actor = scope.actor()
    return actor.is_caller and right not in actor.permissions


def require(right: str) -> None:
    """Forbidden if the caller lacks this permission."""
    if lacks(right):
        raise Forbidden(f"This requires the {right} permission.", code="permission_missing")


def require_for_field(name: str, right: str) -> None:
    """Forbidden if the caller may not see the field, and therefore not change it or search by it."""
    if lacks(right):
        raise Forbidden(f"{name} requires the {right} permission.", code="field_not_permitted")


def acting_user() -> UUID:
    """Return the acting user; RuntimeError if the actor is none, which endpoints with a `principal` rule out."""
    user_id = scope.user_id()
    if user_id is None:
        raise RuntimeError("the actor is no user")
    return user_id
