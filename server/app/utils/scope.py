"""The current scope: a context variable with tenant and actor, bound by entry points and read by the guards."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, replace
from uuid import UUID


@dataclass(frozen=True, slots=True)
class Visibility:
    """The candidates and jobs that an actor can see; None means all.

    `member` is whose parts in jobs open more (`models/job_access.py`): those that open `change`, of kind `part`.
    """

    owners: frozenset[UUID] | None = None
    jobs: frozenset[UUID] | None = None
    broadcast: bool = False  # whether broadcast candidates are included
    member: UUID | None = None
    change: str | None = None
    part: str | None = None
    candidate: UUID | None = None  # the only one, for a candidate who has signed in


@dataclass(frozen=True, slots=True)
class Actor:
    """Who acts: a user, an API key, a candidate with a link, a function, an operator or the platform."""

    kind: str
    id: UUID | None = None
    request_id: str | None = None
    permissions: frozenset[str] = frozenset()
    visibility: Visibility | None = None

    @property
    def is_caller(self) -> bool:
        """Whether the actor is a caller of the API, to whom the rules on rank and permissions apply."""
        return self.kind in ("user", "api_key")


@dataclass(frozen=True, slots=True)
class Scope:
    """The rows of a tenant, or, with `tenant_id` None, of all tenants, for a stated reason."""

    tenant_id: UUID | None
    actor: Actor
    reason: str = ""


SYSTEM = Actor("system")

_current: ContextVar[Scope | None] = ContextVar("scope", default=None)
_listeners: list[Callable[[], None]] = []


class ScopeError(RuntimeError):
    """A programming error: access without a scope, or an unsafe change of the scope."""


def current() -> Scope | None:
    """Return the bound scope, or None."""
    return _current.get()


def tenant_id() -> UUID:
    """Return the bound tenant; ScopeError if there is none."""
    scope = _current.get()
    if scope is None or scope.tenant_id is None:
        raise ScopeError("no tenant is bound: enter scope.tenant(...) first")
    return scope.tenant_id


def actor() -> Actor:
    """Return the actor of the bound scope, or the system if none is bound."""
    scope = _current.get()
    return scope.actor if scope else SYSTEM


def user_id() -> UUID | None:
    """Return the acting user, or None if the actor is not a user."""
    acting = actor()
    return acting.id if acting.kind == "user" else None


def on_change(listener: Callable[[], None]) -> None:
    """Call `listener` whenever the scope changes (tenancy closes the session then)."""
    _listeners.append(listener)


@contextmanager
def tenant(tenant_id: UUID, actor: Actor = SYSTEM) -> Iterator[Scope]:
    """Bind a tenant for the block."""
    with _bound(Scope(tenant_id, actor)) as bound:
        yield bound


@contextmanager
def platform(reason: str, actor: Actor | None = None) -> Iterator[Scope]:
    """Bind all tenants for the block, for the stated reason, as `actor` or the current actor.

    An architecture test lists the modules that may use it.
    """
    if not reason:
        raise ScopeError("platform scope needs a reason")
    before = _current.get()
    with _bound(Scope(None, actor or (before.actor if before else SYSTEM), reason)) as scope:
        yield scope


@contextmanager
def unrestricted(reason: str) -> Iterator[None]:
    """Bypass the visibility rules for the block, if the result must not depend on the actor."""
    before = _current.get()
    if before is None or before.actor.visibility is None:
        yield
        return
    with _bound(replace(before, actor=replace(before.actor, visibility=None), reason=reason)):
        yield


@contextmanager
def nobody() -> Iterator[None]:
    """Bind no scope for the block: no tenant's rows are visible."""
    with _bound(None):
        yield


@contextmanager
def _bound(scope: Scope | None) -> Iterator[Scope]:
    before = _current.get()
    token = _current.set(scope)
    try:
        # Not if only the actor changes: the rows of the session still belong to the tenant.
        _notify(before, scope)
        yield scope  # type: ignore[misc]  # who binds None does not take it
    finally:
        _current.reset(token)
        _notify(before, scope)


def _key(scope: Scope | None) -> tuple[bool, UUID | None]:
    return (scope is None, scope.tenant_id if scope else None)  # no scope sees nothing, the platform's sees all


def _notify(before: Scope | None, after: Scope | None) -> None:
    for listener in _listeners if _key(before) != _key(after) else ():
        listener()
