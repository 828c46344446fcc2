"""Principals: who a token or API key represents; cached in this process until an epoch in Redis changes."""

from __future__ import annotations

import secrets
import threading
import time
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import sqlalchemy as sa

from app.extensions import db
from app.models import ApiKey, AuthSession, Role, SubscriptionPlan, Tenant, User, UserRole
from app.models.permission import ALL, with_implied
from app.models.role import permissions_of
from app.models.tenant import TenantStatus
from app.models.user import UserStatus
from app.services.access import visibility_service
from app.services.core.column_reads import PreparedRead
from app.services.core.transaction import unit, use_case
from app.utils import clock, scope
from app.utils.api_key_codec import KeyClaims, refused
from app.utils.errors import Forbidden, LimitReached, Unauthenticated
from app.utils.redis_client import redis_client
from app.utils.scope import Actor, Visibility
from app.utils.token_claims import Claims

DIRTY = "dirty"  # a change is being committed: nobody uses or fills the cache
DIRTY_SECONDS = 60  # so that the mark of a change that was rolled back goes away
EPOCH_SECONDS = 86_400  # a day; an epoch that is gone costs one read of the database
MAX_AGE_SECONDS = 30.0  # the longest that stale permissions can remain (decision 0002)
MAX_KEPT = 10_000
RENEWAL_SECONDS = 0.2  # between attempts while Redis does not answer
RENEWAL_THREAD = "renew-epochs"
API_ACCESS = "api_access"
MUST_MATCH = "require_if_match"
USE_NOTED_EVERY = timedelta(minutes=5)  # so that most requests with a key do not write


@dataclass(frozen=True, slots=True)
class Principal:
    """A signed-in user or an API key, with permissions and visibility."""

    tenant_id: UUID
    actor_id: UUID
    session_id: UUID  # for an API key, its own id
    permissions: frozenset[str]
    visibility: Visibility | None = None
    features: frozenset[str] = frozenset()
    kind: str = "user"
    ends_at: datetime | None = None  # only for API keys: a user's token contains its own expiry
    lacks_second_factor: bool = False  # required by the tenant: only the own account is accessible
    must_match: bool = False  # the tenant requires If-Match for changes

    @property
    def user_id(self) -> UUID:
        """The user's id; Forbidden for an API key."""
        self.require_user()
        return self.actor_id

    def require_user(self) -> None:
        """Forbidden for an API key."""
        if self.kind != "user":
            raise Forbidden("API keys cannot do this. Sign in as a user.", code="users_only")


@dataclass(frozen=True, slots=True)
class _Cached:
    epochs: tuple[str | None, ...]
    principal: Principal
    at: float
    failures: int


_cached: dict[Claims | KeyClaims, _Cached] = {}  # KeyClaims contain the digest: a wrong secret finds no entry
_lock = threading.Lock()  # for writes only: entries never change, and a lookup is atomic


def epoch_keys(claims: Claims | KeyClaims) -> list[str]:
    """Return the Redis keys whose values change when the permissions of a token or an API key may have changed."""
    if isinstance(claims, KeyClaims):
        return [f"epoch:tenants:{claims.tenant_id}", f"epoch:api_keys:{claims.key_id}"]
    return [
        f"epoch:tenants:{claims.tenant_id}",
        f"epoch:users:{claims.user_id}",
        f"epoch:auth_sessions:{claims.session_id}",
    ]


def resolve(claims: Claims | KeyClaims, epochs: list[str | None] | None) -> Principal:
    """Return the principal of valid claims; `epochs` is None if Redis did not answer.

    Unauthenticated if the session or key is not valid any more, LimitReached if the plan does not include API access.
    """
    usable = epochs is not None and all(epoch and epoch != DIRTY for epoch in epochs)
    kept = _cached.get(claims)
    if usable and kept is not None and kept.epochs == tuple(epochs or ()) and _still_counts(kept):
        return kept.principal
    principal = _load_key(claims) if isinstance(claims, KeyClaims) else _load(claims)
    if usable:
        _store(claims, principal, tuple(epochs or ()))
    elif epochs is not None:
        # Only the missing ones: a dirty epoch is renewed by the process that made the change.
        _start_epochs([key for key, epoch in zip(epoch_keys(claims), epochs, strict=True) if epoch is None])
    return principal


def invalidate(*rows: Tenant | User | AuthSession | ApiKey) -> None:
    """Make every process reload the permissions behind these rows, now and after the commit. Inside a use case."""
    keys = [f"epoch:{row.__tablename__}:{row.id}" for row in rows]
    # Before the commit: a process that dies right after it must not leave stale permissions in other caches.
    redis_client.set_many(dict.fromkeys(keys, DIRTY), DIRTY_SECONDS)
    # Not earlier, or other processes would cache the old permissions under the new epochs.
    unit().after_commit.append(lambda: _renew(keys))


def _still_counts(kept: _Cached) -> bool:
    """Return whether the entry is recent and not expired, and no Redis failure can have hidden a change since."""
    if kept.principal.ends_at is not None and kept.principal.ends_at <= clock.now():
        return False
    return time.monotonic() - kept.at < MAX_AGE_SECONDS and kept.failures == redis_client.failures


def _load(claims: Claims) -> Principal:
    """Load the principal of a user; Unauthenticated unless session, user and tenant are active."""
    # The scope of the request is bound later, once its principal is known.
    with scope.tenant(claims.tenant_id):
        roles = ROLES.rows(
            tenant_id=claims.tenant_id, session_id=claims.session_id, user_id=claims.user_id, now=clock.now()
        )
        if not roles:
            raise Unauthenticated("The session has ended.", code="session_ended", token_refused=True)
        permissions = frozenset().union(
            *(permissions_of(role["name"], role["is_system"], role["custom_permissions"]) for role in roles)
        )
        visibility = visibility_service.of_user(claims.user_id, permissions)
    first = roles[0]  # plan, settings and user are the same in every row
    settings = first["settings"]
    lacks = first["totp_enabled_at"] is None and bool(settings.get("require_second_factor"))
    return Principal(
        claims.tenant_id,
        claims.user_id,
        claims.session_id,
        permissions,
        visibility,
        _on(first["features"]),
        lacks_second_factor=lacks,
        must_match=bool(settings.get(MUST_MATCH)),
    )


def _roles_of_session() -> sa.Select[Any]:
    """Select a row per role of a user, with plan and settings; none unless session, user and tenant are active."""
    given = sa.exists().where(
        UserRole.tenant_id == User.tenant_id, UserRole.user_id == User.id, UserRole.role_id == Role.id
    )
    return (
        sa.select(
            Role.name,
            Role.is_system,
            Role.custom_permissions,
            SubscriptionPlan.features,
            Tenant.settings,
            User.totp_enabled_at,
        )
        .select_from(AuthSession)
        # Joins name the tenant, too, because the indexes of tenant tables start with it.
        .join(User, sa.and_(User.tenant_id == AuthSession.tenant_id, User.id == AuthSession.user_id))
        .join(Role, sa.and_(Role.tenant_id == User.tenant_id, sa.or_(Role.id == User.role_id, given)))
        .join(Tenant, Tenant.id == AuthSession.tenant_id)
        .join(SubscriptionPlan, SubscriptionPlan.id == Tenant.plan_id)
        .where(
            AuthSession.tenant_id == sa.bindparam("tenant_id"),
            AuthSession.id == sa.bindparam("session_id"),
            AuthSession.user_id == sa.bindparam("user_id"),
            AuthSession.revoked_at.is_(None),
            AuthSession.expires_at > sa.bindparam("now"),
            User.status == UserStatus.ACTIVE,
            Tenant.status == TenantStatus.ACTIVE,
        )
    )


ROLES = PreparedRead(_roles_of_session())  # each request of a user, unless Redis lets it use the cached principal


def actor_of(user_id: UUID) -> Actor | None:
    """Return an active user of the bound tenant as an actor, to act on the user's behalf; None if there is none.

    With the visibility of a reader: `visibility_service.for_change` narrows it for changes.
    """
    given = sa.exists().where(UserRole.user_id == User.id, UserRole.role_id == Role.id)
    statement = sa.select(Role).join(User, sa.or_(Role.id == User.role_id, given))
    # The permissions as of now: an import or an alert runs long after the user asked for it.
    held = db.session.scalars(statement.where(User.id == user_id, User.status == UserStatus.ACTIVE)).all()
    if not held:
        return None
    permissions = frozenset().union(
        *(permissions_of(role.name, role.is_system, role.custom_permissions) for role in held)
    )
    return Actor("user", user_id, permissions=permissions, visibility=visibility_service.of_user(user_id, permissions))


def actor_of_key(key_id: UUID) -> Actor | None:
    """Return a valid API key of the bound tenant as an actor; None if it is revoked or has expired."""
    valid = (ApiKey.id == key_id, ApiKey.revoked_at.is_(None), ApiKey.expires_at > clock.now())
    key = db.session.scalars(sa.select(ApiKey).where(*valid)).one_or_none()
    if key is None:
        return None
    permissions = with_implied(key.permissions) & ALL
    visibility = visibility_service.of_key(key, permissions)
    return Actor("api_key", key_id, permissions=permissions, visibility=visibility)


def _load_key(claims: KeyClaims) -> Principal:
    """Load the principal of an API key and update its `last_used_at`, at most every five minutes.

    Unauthenticated unless key and tenant are active, LimitReached if the plan does not include API access.
    """
    now = clock.now()
    rotated_out = sa.and_(ApiKey.previous_digest == claims.digest, ApiKey.previous_ends_at > now)
    statement = (
        sa.select(ApiKey, SubscriptionPlan.features, Tenant.settings)
        .join(Tenant, Tenant.id == ApiKey.tenant_id)
        .join(SubscriptionPlan, SubscriptionPlan.id == Tenant.plan_id)
        .where(
            ApiKey.id == claims.key_id,
            (ApiKey.digest == claims.digest) | rotated_out,
            ApiKey.revoked_at.is_(None),
            ApiKey.expires_at > now,
            Tenant.status == TenantStatus.ACTIVE,
        )
    )
    with scope.tenant(claims.tenant_id):
        found = db.session.execute(statement).one_or_none()
        if found is None:
            raise refused()
        key, features, must_match = found[0], _on(found[1]), bool(found[2].get(MUST_MATCH))
        if API_ACCESS not in features:
            raise LimitReached("Your plan does not include API access.", code="feature_missing", feature=API_ACCESS)
        permissions = with_implied(key.permissions) & ALL  # without those that a later release has removed
        visibility = visibility_service.of_key(key, permissions)
        if key.last_used_at is None or key.last_used_at < now - USE_NOTED_EVERY:
            _note_use(key.id)
        # A cached principal must not outlive the key or, for the previous secret, the overlap.
        ends_at = min(filter(None, [key.expires_at, key.previous_ends_at if key.digest != claims.digest else None]))
    return Principal(
        claims.tenant_id,
        claims.key_id,
        claims.key_id,
        permissions,
        visibility,
        features,
        "api_key",
        ends_at,
        must_match=must_match,
    )


@use_case
def _note_use(key_id: UUID) -> None:
    db.session.execute(sa.update(ApiKey).where(ApiKey.id == key_id).values(last_used_at=clock.now()))


def _on(features: dict[str, Any]) -> frozenset[str]:
    """Return the enabled features of a plan."""
    return frozenset(name for name, value in features.items() if value)


def _store(claims: Claims | KeyClaims, principal: Principal, epochs: tuple[str | None, ...]) -> None:
    with _lock:
        if len(_cached) >= MAX_KEPT:
            _cached.clear()  # every entry can be loaded again
        _cached[claims] = _Cached(epochs, principal, time.monotonic(), redis_client.failures)


def _start_epochs(keys: list[str]) -> None:
    """Set the missing keys, unless another process was faster, so that the next request can use the cache."""
    script = "for i = 1, #KEYS do redis.call('SET', KEYS[i], ARGV[1], 'NX', 'EX', ARGV[2]) end return 1"
    if keys:
        redis_client.script(script, keys, [secrets.token_hex(8), EPOCH_SECONDS])


def _renew(keys: list[str]) -> None:
    """Set new epochs now, or as soon as Redis answers: other processes may not have noticed the outage."""
    if redis_client.configured and not _write_epochs(keys):
        threading.Thread(target=_renew_later, args=(keys,), name=RENEWAL_THREAD, daemon=True).start()


def _renew_later(keys: list[str]) -> None:
    ends = time.monotonic() + MAX_AGE_SECONDS + DIRTY_SECONDS
    while time.monotonic() < ends:  # by then, every older cache entry has expired
        time.sleep(RENEWAL_SECONDS)
        if _write_epochs(keys):
            return


def _write_epochs(keys: list[str]) -> bool:
    # Random, not counted: after Redis was flushed, a counter would return to values that are still cached.
    return redis_client.set_many(dict.fromkeys(keys, secrets.token_hex(8)), EPOCH_SECONDS, retry_at_once=True)
