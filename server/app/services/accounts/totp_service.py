"""The second factor of users: enrollment, sign-in and removal."""

from __future__ import annotations

from uuid import UUID

from app.extensions import db
from app.models import Tenant, User
from app.schemas.account_schema import RecoveryCodes, TotpEnd, TotpSecret
from app.services.access import principal_service
from app.services.accounts import second_factor
from app.services.core import rows
from app.services.core.transaction import end_read, use_case
from app.services.events import event_service
from app.utils import passwords, scope
from app.utils.errors import Conflict, Forbidden


@use_case
def begin(user_id: UUID) -> TotpSecret:
    """Return a new secret for the authenticator app, effective once a code is confirmed."""
    user = rows.lock_for_update(User, user_id)
    tenant = db.session.get_one(Tenant, scope.tenant_id())
    secret = second_factor.begin(user, f"{tenant.slug}:{user.email}")  # an address can be in several tenants
    event_service.record("user.totp_begun", user)
    return secret


@use_case
def confirm(user_id: UUID, code: str) -> RecoveryCodes:
    """Turn the second factor on with a code from the app; the recovery codes are returned only here."""
    user = rows.lock_for_update(User, user_id)
    codes = second_factor.confirm(user, code)
    event_service.record("user.totp_enabled", user)
    principal_service.invalidate(user)  # the tenant may require it
    return codes


def end(user_id: UUID, end_of: TotpEnd) -> None:
    """Turn the second factor off with the password and a code; Forbidden if one is wrong.

    Conflict if the password is too short to be used alone.
    """
    user = rows.get(User, user_id)
    end_read()  # verifying a password is slow
    # The password comes first: if it is wrong, the code stays unused.
    if not passwords.verify(end_of.current_password, user.password_hash) or not _end(user_id, end_of.code):
        raise Forbidden("The password or the code is wrong.", code="wrong_code")


@use_case
def _end(user_id: UUID, code: str) -> bool:
    """Turn it off with a code; False if it is wrong. A refusal because of a short password does not use up the code."""
    user = rows.lock_for_update(User, user_id)
    if user.is_password_short:
        raise Conflict(
            f"Before you turn off the second factor, choose a password of at least {passwords.MIN_LENGTH} characters.",
            code="password_too_short_alone",
        )
    if not accepts(user_id, code):
        return False
    clear(user_id)
    return True


@use_case
def clear(user_id: UUID) -> None:
    """Remove the second factor of a user, who can then sign in with the password alone."""
    user = rows.lock_for_update(User, user_id)
    second_factor.clear(user)
    event_service.record("user.totp_disabled", user)
    principal_service.invalidate(user)  # the tenant may require it


@use_case
def accepts(user_id: UUID, code: str) -> bool:
    """Return whether this is an unused code of the app or a recovery code, and mark it used."""
    user = rows.lock_row(User, user_id)  # so that parallel sign-ins cannot use the same code
    if user.totp_enabled_at is None:
        return False
    if second_factor.accepts_code(user, code):
        return True
    if not second_factor.accepts_recovery(user, code):
        return False
    event_service.record("user.recovery_code_used", user, left=len(user.recovery_codes))
    return True
