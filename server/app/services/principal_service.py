"""Who a token stands for now: read once, then kept in this process until an epoch in Redis says otherwise."""

from __future__ import annotations

import secrets
import threading
import time
from dataclasses import dataclass
from uuid import UUID

import sqlalchemy as sa

from app.extensions import db
from app.models import AuthSession, Role, Tenant, User
from app.models.role import permissions_of
from app.models.tenant import TenantStatus
from app.models.user import UserStatus
from app.services.transaction import unit
from app.utils import clock, scope
from app.utils.errors import Unauthenticated
from app.utils.jwt_codec import Claims
from app.utils.redis_client import redis_client

DIRTY = "dirty"
DIRTY_SECONDS = 60
EPOCH_SECONDS = 86_400
MAX_AGE_SECONDS = 30.0
MAX_KEPT = 10_000


@dataclass(frozen=True, slots=True)
class Principal:
    """A signed-in user with what they may do."""

    tenant_id: UUID
    user_id: UUID
    session_id: UUID
    permissions: frozenset[str]


@dataclass(frozen=True, slots=True)
class _Kept:
    epochs: tuple[str | None, ...]
    principal: Principal
    at: float


_kept: dict[UUID, _Kept] = {}
_lock = threading.Lock()


def epoch_keys(claims: Claims) -> list[str]:
    """The keys whose values change when the rights behind a token may have changed."""
    return [
        f"epoch:tenants:{claims.tenant_id}",
        f"epoch:users:{claims.user_id}",
        f"epoch:auth_sessions:{claims.session_id}",
    ]


def resolve(claims: Claims, epochs: list[str | None] | None) -> Principal:
    """The principal of valid claims, or Unauthenticated; `epochs` None means that Redis did not answer."""
    usable = epochs is not None and all(epoch and epoch != DIRTY for epoch in epochs)
    kept = _kept.get(claims.session_id)
    fresh = kept is not None and time.monotonic() - kept.at < MAX_AGE_SECONDS
    if usable and fresh and kept and kept.epochs == tuple(epochs or ()) and _same(kept.principal, claims):
        return kept.principal
    principal = _load(claims)
    if usable:
        _keep(principal, tuple(epochs or ()))
    elif epochs is not None:
        _start_epochs([key for key, epoch in zip(epoch_keys(claims), epochs, strict=True) if epoch is None])
    return principal


def invalidate(*rows: Tenant | User | AuthSession) -> None:
    """Inside a use case: every process reads these rows' rights anew, from now on and after the commit."""
    keys = [f"epoch:{row.__tablename__}:{row.id}" for row in rows]
    redis_client.set_many(dict.fromkeys(keys, DIRTY), DIRTY_SECONDS)
    unit().after_commit.append(lambda: _renew(keys))


def _same(principal: Principal, claims: Claims) -> bool:
    return (principal.tenant_id, principal.user_id) == (claims.tenant_id, claims.user_id)


def _load(claims: Claims) -> Principal:
    """One statement: session, user, tenant and role, all of which must be in order."""
    statement = (
        sa.select(Role.name, Role.is_system, Role.custom_permissions)
        .select_from(AuthSession)
        .join(User, sa.and_(User.tenant_id == AuthSession.tenant_id, User.id == AuthSession.user_id))
        .join(Role, sa.and_(Role.tenant_id == User.tenant_id, Role.id == User.role_id))
        .join(Tenant, Tenant.id == AuthSession.tenant_id)
        .where(
            AuthSession.id == claims.session_id,
            AuthSession.user_id == claims.user_id,
            AuthSession.revoked_at.is_(None),
            AuthSession.expires_at > clock.now(),
            User.status == UserStatus.ACTIVE,
            Tenant.status == TenantStatus.ACTIVE,
        )
    )
    with scope.tenant(claims.tenant_id):
        row = db.session.execute(statement).one_or_none()
    if row is None:
        raise Unauthenticated("The session has ended.", code="session_ended", token_refused=True)
    permissions = frozenset(permissions_of(row.name, row.is_system, row.custom_permissions))
    return Principal(claims.tenant_id, claims.user_id, claims.session_id, permissions)


def _keep(principal: Principal, epochs: tuple[str | None, ...]) -> None:
    with _lock:
        if len(_kept) >= MAX_KEPT:
            _kept.clear()
        _kept[principal.session_id] = _Kept(epochs, principal, time.monotonic())


def _start_epochs(keys: list[str]) -> None:
    """Give missing keys a value, unless another process was faster; the next request can then be warm."""
    script = "for i = 1, #KEYS do redis.call('SET', KEYS[i], ARGV[1], 'NX', 'EX', ARGV[2]) end return 1"
    if keys:
        redis_client.script(script, keys, [secrets.token_hex(8), EPOCH_SECONDS])


def _renew(keys: list[str]) -> None:
    redis_client.set_many(dict.fromkeys(keys, secrets.token_hex(8)), EPOCH_SECONDS)
