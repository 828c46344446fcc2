"""The second factor of a tenant's users: enrolment, sign-in, its end."""

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
    """A new secret for the authenticator app; it counts once a code of it is confirmed."""
    user = rows.lock_for_update(User, user_id)
    tenant = db.session.get_one(Tenant, scope.tenant_id())
    secret = second_factor.begin(user, f"{tenant.slug}:{user.email}")
    event_service.record("user.totp_begun", user)
    return secret


@use_case
def confirm(user_id: UUID, code: str) -> RecoveryCodes:
    """Turn the second factor on by a code of the app; the recovery codes are shown here and never again."""
    user = rows.lock_for_update(User, user_id)
    codes = second_factor.confirm(user, code)
    event_service.record("user.totp_enabled", user)
    principal_service.invalidate(user)  # the tenant may require it
    return codes


def end(user_id: UUID, end_of: TotpEnd) -> None:
    """Turn the second factor off, by the password and a code."""
    user = rows.get(User, user_id)
    end_read()  # the check of the password takes its time
    if not passwords.verify(end_of.current_password, user.password_hash) or not _end(user_id, end_of.code):
        raise Forbidden("The password or the code is wrong.", code="wrong_code")


@use_case
def _end(user_id: UUID, code: str) -> bool:
    """The end by a code; False for a wrong one. A code is not used up where the password must be changed first."""
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
    """Take the second factor from a user, who may then sign in by password alone."""
    user = rows.lock_for_update(User, user_id)
    second_factor.clear(user)
    event_service.record("user.totp_disabled", user)
    principal_service.invalidate(user)  # the tenant may require it


@use_case
def accepts(user_id: UUID, code: str) -> bool:
    """Whether this is a code of the app or a recovery code, not used before; it is used up by this."""
    user = rows.lock_row(User, user_id)
    if user.totp_enabled_at is None:
        return False
    if second_factor.accepts_code(user, code):
        return True
    if not second_factor.accepts_recovery(user, code):
        return False
    event_service.record("user.recovery_code_used", user, left=len(user.recovery_codes))
    return True
