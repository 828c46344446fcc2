"""Sign-in, refresh with rotation and reuse detection, sign-out."""

from __future__ import annotations

import hmac
import threading
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from itsdangerous import BadSignature
from sqlalchemy.orm import joinedload

from app.extensions import db
from app.models import AuthSession, LoginAttempt, Tenant, User
from app.models.login_attempt import LOCK_MINUTES, MAX_FAILURES
from app.models.tenant import TenantStatus
from app.models.user import UserStatus
from app.schemas.auth_schema import LoginIn, MeOut
from app.services import event_service, principal_service, upsert
from app.services.transaction import end_read, mark_deleted, use_case
from app.utils import clock, ids, passwords, scope, tokens
from app.utils.errors import Unauthenticated
from app.utils.jwt_codec import Claims, jwt_codec
from app.utils.scope import Actor
from app.utils.signing import signer

CONTENTION = timedelta(seconds=2)
REFRESH_PURPOSE = "refresh-token"
MAX_NAMESAKES = 3
REUSED = "refresh_token_reused"
BURST = 4

_calls: Counter[UUID] = Counter()
_calls_lock = threading.Lock()


@dataclass(frozen=True, slots=True)
class SignIn:
    """What a successful sign-in or refresh hands out; the edge decides where the refresh token goes."""

    access_token: str
    access_expires_at: datetime
    refresh_token: str


def me(user_id: UUID) -> MeOut:
    """The signed-in user with tenant, role and permissions."""
    statement = sa.select(User, Tenant).join(Tenant, Tenant.id == User.tenant_id).where(User.id == user_id)
    user, tenant = db.session.execute(statement.options(joinedload(User.role))).one()
    return MeOut(
        id=user.id,
        email=user.email,
        name=user.name,
        tenant_id=tenant.id,
        tenant_slug=tenant.slug,
        tenant_name=tenant.name,
        role=user.role.name,
        permissions=sorted(scope.actor().permissions),
    )


def login(credentials: LoginIn, seconds: int, user_agent: str | None) -> SignIn:
    """Sign in; the same refusal, in the same time, for an unknown account and for a wrong password."""
    found = _find_users(credentials)
    end_read()  # the check of the password takes its time
    right = [user for user in found if passwords.verify(credentials.password, user.password_hash)]
    if not found:
        passwords.verify(credentials.password, None)
    user = right[0] if len(right) == 1 else None
    account = _account(credentials, user or (found[0] if len(found) == 1 else None))
    if _is_locked(account) or user is None:
        _note_failure(account)
        raise _refused()
    _forget_failures(account)
    with scope.tenant(user.tenant_id, Actor("user", user.id)):
        return _open_session(user.id, seconds, user_agent)


def refresh(token: str | None, seconds: int) -> SignIn:
    """Rotate a refresh token; an old one that comes back ends the whole session."""
    presented_at = clock.now()
    try:
        session_id = UUID(signer.read(REFRESH_PURPOSE, token or "")[0])
    except BadSignature as error:
        raise _refused_refresh() from error
    tenant_id = _tenant_of_session(session_id)
    if tenant_id is None:
        raise _refused_refresh()
    with scope.tenant(tenant_id), _in_flight(session_id):
        rotated = _rotate(session_id, tokens.digest(token or ""), presented_at, seconds)
    if rotated is None:
        raise _refused_refresh()
    return rotated


@use_case
def logout(session_id: UUID) -> None:
    """End one session at once."""
    session = db.session.get(AuthSession, session_id)
    if session is not None and session.revoked_at is None:
        _revoke(session, "logout")


@use_case
def end_sessions(user: User, reason: str) -> None:
    """End every session of a user at once."""
    not_for_good = sa.or_(AuthSession.revoked_at.is_(None), AuthSession.revoked_reason == REUSED)
    for session in db.session.scalars(sa.select(AuthSession).where(AuthSession.user_id == user.id, not_for_good)):
        _revoke(session, reason)
    principal_service.invalidate(user)


@use_case
def purge_expired() -> int:
    """Forget sessions and failure counts whose time is over, of all tenants; how many sessions they were."""
    now = clock.now()
    result: Any = db.session.execute(sa.delete(AuthSession).where(AuthSession.expires_at <= now - timedelta(days=30)))
    stale = now - timedelta(days=1)
    db.session.execute(sa.delete(LoginAttempt).where(LoginAttempt.updated_at <= stale))
    mark_deleted()
    return int(result.rowcount)


def _find_users(credentials: LoginIn) -> Sequence[User]:
    """The active users behind the address, in the named tenant or in any; the password tells them apart."""
    statement = (
        sa.select(User)
        .join(Tenant, Tenant.id == User.tenant_id)
        .where(
            User.email == credentials.email,
            User.status == UserStatus.ACTIVE,
            Tenant.status == TenantStatus.ACTIVE,
        )
        .order_by(User.id)
        .limit(MAX_NAMESAKES)
    )
    if credentials.tenant:
        statement = statement.where(Tenant.slug == credentials.tenant)
    with scope.platform("sign-in finds the tenant by the address"):
        return db.session.scalars(statement).all()


def _account(credentials: LoginIn, user: User | None) -> str:
    """What failures are counted for: the address in its tenant, so that no tenant touches another's count."""
    return tokens.digest(f"{user.tenant_id if user else credentials.tenant or ''}:{credentials.email}")


def _is_locked(account: str) -> bool:
    attempt = db.session.scalars(sa.select(LoginAttempt).where(LoginAttempt.account == account)).one_or_none()
    return attempt is not None and attempt.locked_until is not None and attempt.locked_until > clock.now()


@use_case
def _note_failure(account: str) -> None:
    """Count a failure for an account, known or not; the fifth locks it."""
    now = clock.now()
    row = {
        "id": ids.new_id(),
        "account": account,
        "failures": 1,
        "created_at": now,
        "updated_at": now,
    }
    count = upsert.insert(LoginAttempt.__table__).values(row)
    more = {"failures": LoginAttempt.failures + 1, "updated_at": now}
    count = count.on_conflict_do_update(index_elements=["account"], set_=more)
    failures = db.session.scalar(count.returning(LoginAttempt.__table__.c.failures)) or 0
    if failures % MAX_FAILURES == 0:
        lock = {"locked_until": now + timedelta(minutes=LOCK_MINUTES)}
        db.session.execute(sa.update(LoginAttempt).where(LoginAttempt.account == account).values(lock))


@use_case
def _forget_failures(account: str) -> None:
    db.session.execute(sa.delete(LoginAttempt).where(LoginAttempt.account == account))


@use_case
def _open_session(user_id: UUID, seconds: int, user_agent: str | None) -> SignIn:
    now = clock.now()
    session_id = ids.new_id()
    token = _new_refresh_token(session_id)
    session = AuthSession(
        id=session_id,
        user_id=user_id,
        token_hash=tokens.digest(token),
        rotated_at=now,
        expires_at=now + timedelta(seconds=seconds),
        user_agent=(user_agent or "")[:200] or None,
    )
    db.session.add(session)
    user = db.session.get_one(User, user_id)
    user.last_login_at = now
    event_service.record("auth_session.opened", session)
    return _sign_in(session, token)


def _tenant_of_session(session_id: UUID) -> UUID | None:
    with scope.platform("a refresh token names its session, the session its tenant"):
        return db.session.scalar(sa.select(AuthSession.tenant_id).where(AuthSession.id == session_id))


@contextmanager
def _in_flight(session_id: UUID) -> Iterator[None]:
    """Count the calls of one session that are at work in this process: more than one are a parallel client."""
    with _calls_lock:
        _calls[session_id] += 1
    try:
        yield
    finally:
        with _calls_lock:
            _calls[session_id] -= 1
            if not _calls[session_id]:
                del _calls[session_id]


@use_case
def _rotate(session_id: UUID, digest: str, presented_at: datetime, seconds: int) -> SignIn | None:
    """The next pair, or None: refused. Of parallel calls with one token exactly one gets the next."""
    now = clock.now()
    session = db.session.get(AuthSession, session_id, with_for_update=True)
    if session is None or session.expires_at <= now or session.revoked_reason not in (None, REUSED):
        return None
    if not _account_is_active(session):
        return None
    if not hmac.compare_digest(session.token_hash, digest):
        _judge_old_token(session, digest, presented_at, now)
        return None
    if session.revoked_at is not None:
        return None
    token = _new_refresh_token(session.id)
    session.previous_hash, session.token_hash = digest, tokens.digest(token)
    session.rotated_at, session.expires_at = now, now + timedelta(seconds=seconds)
    session.old_presented = 0
    session.contended_until = now + CONTENTION if _calls[session_id] > 1 else None
    return _sign_in(session, token)


def _account_is_active(session: AuthSession) -> bool:
    statement = (
        sa.select(User.id)
        .join(Tenant, Tenant.id == User.tenant_id)
        .where(User.id == session.user_id, User.status == UserStatus.ACTIVE, Tenant.status == TenantStatus.ACTIVE)
    )
    return db.session.scalar(statement) is not None


def _judge_old_token(session: AuthSession, digest: str, presented_at: datetime, now: datetime) -> None:
    """An old token ends the session, unless it comes from a parallel call of the same client.

    Parallel is what was presented before the rotation, or comes while such calls are still coming in. A burst of
    old tokens right after the rotation is parallel too: what its first ones ended is lifted again.
    """
    if session.previous_hash != digest or now > session.rotated_at + CONTENTION:
        _revoke(session, REUSED)
        return
    session.old_presented += 1
    contended = session.contended_until is not None and now <= session.contended_until
    if presented_at <= session.rotated_at or contended or session.old_presented >= BURST:
        session.contended_until = session.contended_until or now + CONTENTION
        _lift(session)
        return
    _revoke(session, REUSED)


def _lift(session: AuthSession) -> None:
    if session.revoked_at is not None:
        session.revoked_at = session.revoked_reason = None
        event_service.record("auth_session.restored", session)
        principal_service.invalidate(session)


def _revoke(session: AuthSession, reason: str) -> None:
    if session.revoked_at is not None and reason == REUSED:
        return
    session.revoked_at = clock.now()
    session.revoked_reason = reason
    event_service.record("auth_session.ended", session, reason=reason)
    principal_service.invalidate(session)


def _new_refresh_token(session_id: UUID) -> str:
    """Random, and signed: nobody who did not hold one can end a session by presenting nonsense."""
    return signer.sign(REFRESH_PURPOSE, [str(session_id), tokens.new_secret()])


def _sign_in(session: AuthSession, token: str) -> SignIn:
    access, expires = jwt_codec.encode(Claims(session.tenant_id, session.user_id, session.id))
    return SignIn(access, expires, token)


def _refused() -> Unauthenticated:
    return Unauthenticated(
        "The address or the password is wrong. Name the tenant if the address belongs to several.",
        code="invalid_credentials",
    )


def _refused_refresh() -> Unauthenticated:
    return Unauthenticated(
        "The refresh token is missing, wrong or no longer valid.",
        code="invalid_refresh_token",
        token_refused=True,
    )
