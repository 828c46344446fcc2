"""Whose data this is: one context variable, bound at the edges, read by the tenant guards."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, replace
from uuid import UUID


@dataclass(frozen=True, slots=True)
class Visibility:
    """What of the tenant's candidates and jobs an actor sees; None means all. `broadcast`: also those shown to all."""

    owners: frozenset[UUID] | None = None
    jobs: frozenset[UUID] | None = None
    broadcast: bool = False


@dataclass(frozen=True, slots=True)
class Actor:
    """Who acts: a user or an API key of the tenant, a job, the command line or the platform."""

    kind: str
    id: UUID | None = None
    request_id: str | None = None
    permissions: frozenset[str] = frozenset()
    visibility: Visibility | None = None

    @property
    def is_caller(self) -> bool:
        """Whether a caller of the API acts, to whom the rules about rank and rights apply."""
        return self.kind in ("user", "api_key")


@dataclass(frozen=True, slots=True)
class Scope:
    """A tenant's rows, or with `tenant_id` None the platform's view of all rows, for a stated reason."""

    tenant_id: UUID | None
    actor: Actor
    reason: str = ""


SYSTEM = Actor("system")

_current: ContextVar[Scope | None] = ContextVar("scope", default=None)
_listeners: list[Callable[[], None]] = []


class ScopeError(RuntimeError):
    """A programming error: work without a scope, or a scope changed where that is not safe."""


def current() -> Scope | None:
    """The bound scope, or None."""
    return _current.get()


def tenant_id() -> UUID:
    """The bound tenant; raises ScopeError where none is bound."""
    scope = _current.get()
    if scope is None or scope.tenant_id is None:
        raise ScopeError("no tenant is bound: enter scope.tenant(...) first")
    return scope.tenant_id


def actor() -> Actor:
    """Who acts in the bound scope; the system where none is bound."""
    scope = _current.get()
    return scope.actor if scope else SYSTEM


def user_id() -> UUID | None:
    """The acting user; None where a key, a job or the system acts."""
    acting = actor()
    return acting.id if acting.kind == "user" else None


def on_change(listener: Callable[[], None]) -> None:
    """Call `listener` whenever the scope changes (the session starts anew there)."""
    _listeners.append(listener)


@contextmanager
def tenant(tenant_id: UUID, actor: Actor = SYSTEM) -> Iterator[Scope]:
    """Bind one tenant for the block."""
    with _bound(Scope(tenant_id, actor)) as scope:
        yield scope


@contextmanager
def platform(reason: str, actor: Actor | None = None) -> Iterator[Scope]:
    """See all tenants for the block, for the stated reason, as `actor` or whoever acts already.

    An architecture test lists who may.
    """
    if not reason:
        raise ScopeError("platform scope needs a reason")
    before = _current.get()
    with _bound(Scope(None, actor or (before.actor if before else SYSTEM), reason)) as scope:
        yield scope


@contextmanager
def unrestricted(reason: str) -> Iterator[None]:
    """Lift the actor's sight for the block, for work whose result must not depend on who starts it."""
    before = _current.get()
    if before is None or before.actor.visibility is None:
        yield
        return
    with _bound(replace(before, actor=replace(before.actor, visibility=None), reason=reason)):
        yield


@contextmanager
def nobody() -> Iterator[None]:
    """Bind no one for the block: every tenant row is out of sight."""
    with _bound(None):
        yield


@contextmanager
def _bound(scope: Scope | None) -> Iterator[Scope]:
    before = _current.get()
    token = _current.set(scope)
    try:
        if _key(before) != _key(scope):
            _notify()
        yield scope  # type: ignore[misc]  # who binds None does not take it
    finally:
        _current.reset(token)
        if _key(before) != _key(scope):
            _notify()


def _key(scope: Scope | None) -> tuple[bool, UUID | None]:
    return (scope is None, scope.tenant_id if scope else None)


def _notify() -> None:
    for listener in _listeners:
        listener()
