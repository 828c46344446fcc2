"""What a caller needs a right for beyond the one of the endpoint: jobs and the command line act without being asked."""

from __future__ import annotations

from app.utils import scope
from app.utils.errors import Forbidden


def lacks(right: str) -> bool:
    """Whether a caller acts who has not this right."""
    actor = scope.actor()
    return actor.is_caller and right not in actor.permissions


def require(right: str) -> None:
    """Forbidden to a caller who has not this right."""
    if lacks(right):
        raise Forbidden(f"This requires the {right} permission.", code="permission_missing")


def require_for_field(name: str, right: str) -> None:
    """Nobody changes, or looks for people by, what they may not see."""
    if lacks(right):
        raise Forbidden(f"{name} requires the {right} permission.", code="field_not_permitted")
