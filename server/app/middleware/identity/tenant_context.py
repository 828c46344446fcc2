"""Binds the tenant of the token for the rest of the request."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import ParamSpec, TypeVar

from flask import g, request

from app.services.access import visibility_service
from app.services.access.principal_service import Principal
from app.utils import scope
from app.utils.scope import Actor

SAFE_METHODS = ("GET", "HEAD")

P = ParamSpec("P")
R = TypeVar("R")


def with_tenant_context(function: Callable[P, R]) -> Callable[P, R]:
    """Set `g.tenant_id` to the token's tenant and run `function` in the tenant's scope.

    `g.permission` is the one that the endpoint requires.
    """

    @wraps(function)
    def bound(*args: P.args, **kwargs: P.kwargs) -> R:
        principal: Principal = g.principal
        g.tenant_id = principal.tenant_id
        visibility = principal.visibility
        if request.method not in SAFE_METHODS:
            visibility = visibility_service.for_change(visibility, g.permission)
        actor = Actor(principal.kind, principal.actor_id, g.get("request_id"), principal.permissions, visibility)
        with scope.tenant(principal.tenant_id, actor):
            return function(*args, **kwargs)

    return bound
