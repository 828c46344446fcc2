"""Sessions: refresh tokens with rotation and reuse detection, sign-out and revocation."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import sqlalchemy as sa

from app.extensions import db
from app.models import AuthSession, Tenant, User
from app.models.notification import NotificationKind
from app.models.tenant import TenantStatus
from app.models.user import UserStatus
from app.schemas.account_schema import AuthSessionOut
from app.schemas.lists import Page
from app.services.access import principal_service
from app.services.accounts import refresh_rotation
from app.services.accounts.refresh_rotation import REUSED, TokenReused
from app.services.core import listing, rows
from app.services.core.transaction import mark_deleted, use_case
from app.services.events import event_service
from app.services.notifications import notification_service
from app.services.notifications.notification_service import About
from app.services.settings import tenant_settings_service
from app.utils import clock, ids, scope, tokens
from app.utils.errors import NotFound, Unauthenticated
from app.utils.jwt_codec import jwt_codec
from app.utils.token_claims import Claims

REFRESH_PURPOSE = "refresh-token"
MAX_LISTED = 200


@dataclass(frozen=True, slots=True)
class SignIn:
    """The tokens of a successful sign-in or refresh; the route decides how the refresh token is sent."""

    access_token: str
    access_expires_at: datetime
    refresh_token: str


@use_case
def open_session(user_id: UUID, seconds: int, user_agent: str | None) -> SignIn:
    now = clock.now()
    session_id = ids.new_id()
    token = refresh_rotation.first(REFRESH_PURPOSE, session_id)
    session = AuthSession(
        id=session_id,
        user_id=user_id,
        token_hash=tokens.digest(token),
        rotated_at=now,
        expires_at=now + _life(seconds),
        user_agent=(user_agent or "")[:200] or None,  # the length of the column
    )
    user = db.session.get_one(User, user_id)
    # Before the session is added, or its own user agent would be among the known ones.
    _notify_new_program(user, session)
    db.session.add(session)
    db.session.flush()  # sets tenant_id, which the token contains
    user.last_login_at = now
    event_service.record("auth_session.opened", session)
    return _sign_in(session, token)


def list_own(user_id: UUID, current: UUID) -> Page[AuthSessionOut]:
    """List the user's active sessions, newest first."""
    live = sa.and_(
        AuthSession.user_id == user_id, AuthSession.revoked_at.is_(None), AuthSession.expires_at > clock.now()
    )
    newest = sa.select(AuthSession).where(live).order_by(AuthSession.id.desc()).limit(MAX_LISTED)  # ids sort by time
    return listing.single_page(_out(session, current) for session in db.session.scalars(newest))


def refresh(token: str | None, seconds: int, came_at: datetime) -> SignIn:
    """Rotate a refresh token; Unauthenticated if it is invalid. Reuse of an old one ends the session."""
    session_id = refresh_rotation.session_of(REFRESH_PURPOSE, token)
    tenant_id = _tenant_of_session(session_id) if session_id else None
    if tenant_id is None or session_id is None:
        raise _refused_refresh()
    with scope.tenant(tenant_id):
        rotated = _rotate(session_id, token or "", seconds, came_at)
    if rotated is None:
        raise _refused_refresh()
    return rotated


@use_case
def logout(session_id: UUID) -> None:
    """End a session immediately."""
    session = db.session.get(AuthSession, session_id)
    # A repeated logout succeeds, but records no second event.
    if session is not None and session.revoked_at is None:
        _revoke(session, "logout")


@use_case
def revoke_own(user_id: UUID, session_id: UUID) -> None:
    """End a session of this user on any device; NotFound if it belongs to another user."""
    session = rows.get(AuthSession, session_id)
    if session.user_id != user_id:
        raise NotFound("There is no such auth session.")
    if session.revoked_at is None:
        _revoke(session, "revoked_by_user")


@use_case
def end_sessions(user: User, reason: str, except_for: UUID | None = None) -> None:
    """End all sessions of a user immediately, except `except_for`."""
    live = sa.and_(AuthSession.user_id == user.id, AuthSession.revoked_at.is_(None))
    # One by one, because the end of each session is an event.
    for session in db.session.scalars(sa.select(AuthSession).where(live)):
        if session.id == except_for:
            continue
        _revoke(session, reason)
    principal_service.invalidate(user)


@use_case
def purge_expired() -> int:
    """Delete sessions of all tenants that expired a month ago; return their number."""
    ended = AuthSession.expires_at <= clock.now() - timedelta(days=30)
    result: Any = db.session.execute(sa.delete(AuthSession).where(ended))
    mark_deleted()
    return int(result.rowcount)


def _notify_new_program(user: User, session: AuthSession) -> None:
    """Email the user about a sign-in with a new user agent, except for the first sign-in."""
    # Ended sessions count as well, until `purge_expired` deletes them.
    known = sa.select(AuthSession.user_agent).where(AuthSession.user_id == user.id).distinct()
    agents = set(db.session.scalars(known))
    if agents and session.user_agent not in agents:
        context = {"program": session.user_agent or None, "at": f"{clock.now():%Y-%m-%d %H:%M}"}
        key = f"new_sign_in:{session.id}"
        notification_service.notify(user, NotificationKind.NEW_SIGN_IN, key, context, About(session))


def _tenant_of_session(session_id: UUID) -> UUID | None:
    with scope.platform("a refresh token names its session, the session its tenant"):
        return db.session.scalar(sa.select(AuthSession.tenant_id).where(AuthSession.id == session_id))


@use_case
def _rotate(session_id: UUID, token: str, seconds: int, came_at: datetime) -> SignIn | None:
    """Return the new tokens, or None if refused. Calls with the same token get the same refresh token."""
    now = clock.now()
    # Locked, so that tabs that refresh at the same time get the same child.
    session = db.session.get(AuthSession, session_id, with_for_update=True)
    if session is None or session.expires_at <= now or session.revoked_at is not None:
        return None
    if not _account_is_active(session):
        return None
    try:
        live, is_new = refresh_rotation.rotate(REFRESH_PURPOSE, session_id, session, token, came_at)
    except TokenReused:
        # Returned, not raised: an exception would roll back the revocation.
        _revoke(session, REUSED)
        return None
    # Presenting a parent again must not keep the session alive.
    if is_new:
        session.expires_at = now + _life(seconds)
    return _sign_in(session, live)


def _life(seconds: int) -> timedelta:
    """Return the lifetime of a refresh token; a tenant can shorten that of the installation."""
    return min(timedelta(seconds=seconds), timedelta(days=tenant_settings_service.current().session_days))


def _account_is_active(session: AuthSession) -> bool:
    statement = (
        sa.select(User.id)
        .join(Tenant, Tenant.id == User.tenant_id)
        .where(User.id == session.user_id, User.status == UserStatus.ACTIVE, Tenant.status == TenantStatus.ACTIVE)
    )
    return db.session.scalar(statement) is not None


def _revoke(session: AuthSession, reason: str) -> None:
    session.revoked_at = clock.now()
    session.revoked_reason = reason
    event_service.record("auth_session.ended", session, reason=reason)
    principal_service.invalidate(session)


def _sign_in(session: AuthSession, token: str) -> SignIn:
    access, expires = jwt_codec.encode(Claims(session.tenant_id, session.user_id, session.id))
    return SignIn(access, expires, token)


def _refused_refresh() -> Unauthenticated:
    return Unauthenticated(
        "The refresh token is missing, invalid or expired.",
        code="invalid_refresh_token",
        token_refused=True,
    )


def _out(session: AuthSession, current: UUID) -> AuthSessionOut:
    return AuthSessionOut(
        id=session.id,
        user_agent=session.user_agent,
        created_at=session.created_at,
        last_used_at=session.rotated_at,
        expires_at=session.expires_at,
        current=session.id == current,
    )
