"""Authentication of platform administrators: password, second factor, lockout, sessions."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

import sqlalchemy as sa

from app.extensions import db
from app.models import PlatformAdmin, PlatformSession
from app.models.platform_admin import PlatformAdminStatus
from app.models.platform_session import LIFE_HOURS
from app.schemas.account_schema import RecoveryCodes, TotpSecret
from app.schemas.platform_schema import PlatformLogin
from app.schemas.user_schema import PasswordChange
from app.services.accounts import lockout_service, password_policy, refresh_rotation, second_factor
from app.services.accounts.auth_session_service import SignIn
from app.services.accounts.refresh_rotation import REUSED, TokenReused
from app.services.core import rows
from app.services.core.transaction import end_read, mark_deleted, use_case
from app.services.events import platform_event_service
from app.utils import clock, ids, passwords, tokens
from app.utils.errors import Forbidden, Unauthenticated
from app.utils.jwt_codec import jwt_codec
from app.utils.token_claims import PlatformClaims

REALM = "@platform"  # cannot collide: no slug begins with @
REFRESH_PURPOSE = "platform-refresh-token"
ENDED_KEPT = timedelta(days=30)


@dataclass(frozen=True, slots=True)
class PlatformPrincipal:
    """An authenticated platform administrator."""

    admin_id: UUID
    session_id: UUID
    has_second_factor: bool


def resolve(claims: PlatformClaims) -> PlatformPrincipal:
    """Return the principal of a valid token; Unauthenticated if its session or administrator is not active."""
    statement = (
        sa.select(PlatformAdmin.totp_enabled_at)
        .join(PlatformSession, PlatformSession.admin_id == PlatformAdmin.id)
        .where(
            PlatformSession.id == claims.session_id,
            PlatformAdmin.id == claims.admin_id,
            PlatformSession.revoked_at.is_(None),
            PlatformSession.expires_at > clock.now(),
            PlatformAdmin.status == PlatformAdminStatus.ACTIVE,
        )
    )
    # Read at each request: platform tokens have no epochs under which a principal could be cached.
    found = db.session.execute(statement).one_or_none()
    if found is None:
        raise Unauthenticated("The session has ended.", code="session_ended", token_refused=True)
    return PlatformPrincipal(claims.admin_id, claims.session_id, found.totp_enabled_at is not None)


def me(admin_id: UUID) -> PlatformAdmin:
    """Return the current administrator."""
    return db.session.get_one(PlatformAdmin, admin_id)


def login(credentials: PlatformLogin, user_agent: str | None) -> SignIn:
    """Sign in; the response and its duration do not reveal whether the account exists."""
    active = sa.and_(PlatformAdmin.email == credentials.email, PlatformAdmin.status == PlatformAdminStatus.ACTIVE)
    admin = db.session.scalars(sa.select(PlatformAdmin).where(active)).one_or_none()
    end_read()  # checking the password is slow
    right = passwords.verify(credentials.password, admin.password_hash if admin else None)
    account = lockout_service.account(REALM, credentials.email)
    # Like a wrong password, also while locked: guessing on must not tell when a guess is right.
    if lockout_service.is_locked(account) or admin is None or not right:
        lockout_service.note_failure(account)
        raise _refused()
    if admin.totp_enabled_at is not None:
        if credentials.code is None:
            raise Unauthenticated("Send the code from the authenticator app, too.", code="totp_required")
        if not _accepts(admin.id, credentials.code):
            lockout_service.note_failure(account)
            raise _refused()
    return _open_session(admin.id, account, user_agent)


def refresh(token: str, came_at: datetime) -> SignIn:
    """Rotate a refresh token; reuse of an old token ends the session (see `refresh_rotation`)."""
    session_id = refresh_rotation.session_of(REFRESH_PURPOSE, token)
    rotated = _rotate(session_id, token, came_at) if session_id else None
    if rotated is None:
        raise _session_over()
    return rotated


@use_case
def logout(session_id: UUID) -> None:
    """End a session at once."""
    session = db.session.get(PlatformSession, session_id)
    if session is not None and session.revoked_at is None:
        session.revoked_at, session.revoked_reason = clock.now(), "logout"


@use_case
def end_sessions(admin_id: UUID, reason: str, except_for: UUID | None = None) -> None:
    """End every session of an administrator, except `except_for`."""
    live = sa.and_(PlatformSession.admin_id == admin_id, PlatformSession.revoked_at.is_(None))
    for session in db.session.scalars(sa.select(PlatformSession).where(live)):
        if session.id != except_for:
            session.revoked_at, session.revoked_reason = clock.now(), reason


def change_password(admin_id: UUID, session_id: UUID, change: PasswordChange) -> None:
    """Set a new password after checking the current one, and end every other session."""
    admin = db.session.get_one(PlatformAdmin, admin_id)
    end_read()
    if not passwords.verify(change.current_password, admin.password_hash):
        raise Forbidden("The current password is wrong.", code="wrong_password")
    names = [admin.name, admin.email.partition("@")[0]]
    _set_password(admin_id, session_id, password_policy.hash_new(change.password, names))


@use_case
def begin_totp(admin_id: UUID) -> TotpSecret:
    """Return a new secret for the authenticator app; it takes effect once a code is confirmed."""
    admin = rows.lock_for_update(PlatformAdmin, admin_id)
    return second_factor.begin(admin, f"platform:{admin.email}")


@use_case
def confirm_totp(admin_id: UUID, code: str) -> RecoveryCodes:
    """Turn on the second factor with a code of the app; the recovery codes are returned only once."""
    admin = rows.lock_for_update(PlatformAdmin, admin_id)
    codes = second_factor.confirm(admin, code)
    platform_event_service.record("platform_admin.totp_enabled", admin)
    return codes


@use_case
def purge_expired() -> None:
    """Delete sessions that expired more than 30 days ago."""
    db.session.execute(sa.delete(PlatformSession).where(PlatformSession.expires_at <= clock.now() - ENDED_KEPT))
    mark_deleted()


@use_case
def _accepts(admin_id: UUID, code: str) -> bool:
    admin = rows.lock_row(PlatformAdmin, admin_id)  # so that parallel sign-ins cannot use the same code
    if admin.totp_enabled_at is None:
        return False
    return second_factor.accepts_code(admin, code) or second_factor.accepts_recovery(admin, code)


@use_case
def _open_session(admin_id: UUID, account: str, user_agent: str | None) -> SignIn:
    now = clock.now()
    session_id = ids.new_id()
    token = refresh_rotation.first(REFRESH_PURPOSE, session_id)
    session = PlatformSession(
        id=session_id,
        admin_id=admin_id,
        token_hash=tokens.digest(token),
        rotated_at=now,
        expires_at=now + timedelta(hours=LIFE_HOURS),
        user_agent=(user_agent or "")[:200] or None,
    )
    db.session.add(session)
    admin = db.session.get_one(PlatformAdmin, admin_id)
    admin.last_login_at = now
    platform_event_service.record("platform_admin.signed_in", admin)
    lockout_service.forget_failures(account)
    return _sign_in(session, token)


@use_case
def _rotate(session_id: UUID, token: str, came_at: datetime) -> SignIn | None:
    """Return the new pair of tokens, or None if the token is refused."""
    session = db.session.get(PlatformSession, session_id, with_for_update=True)
    if session is None or session.revoked_at is not None or session.expires_at <= clock.now():
        return None
    try:
        # Unlike the session of a user, this one is not extended: it ends LIFE_HOURS after the sign-in.
        live, _ = refresh_rotation.rotate(REFRESH_PURPOSE, session_id, session, token, came_at)
    except TokenReused:
        # Returned, not raised: an exception would roll back the revocation.
        session.revoked_at, session.revoked_reason = clock.now(), REUSED
        return None
    return _sign_in(session, live)


@use_case
def _set_password(admin_id: UUID, session_id: UUID, password_hash: str) -> None:
    admin = rows.lock_for_update(PlatformAdmin, admin_id)
    admin.password_hash = password_hash
    end_sessions(admin_id, "password_changed", except_for=session_id)
    platform_event_service.record("platform_admin.password_changed", admin)


def _sign_in(session: PlatformSession, token: str) -> SignIn:
    access, expires = jwt_codec.encode_platform(PlatformClaims(session.admin_id, session.id))
    return SignIn(access, expires, token)


def _refused() -> Unauthenticated:
    return Unauthenticated("The email address or password is wrong.", code="invalid_credentials")


def _session_over() -> Unauthenticated:
    return Unauthenticated("The session has ended. Sign in again.", code="session_ended")
