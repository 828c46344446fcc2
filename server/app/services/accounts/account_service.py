"""Account access by email: invitations, password resets and email verification."""

from __future__ import annotations

from datetime import datetime, timedelta
from uuid import UUID

from app.models import User
from app.models.user import UserStatus
from app.schemas.account_schema import ForgottenPassword, InvitationAccept, PasswordReset
from app.services.accounts import auth_service, auth_session_service, password_policy
from app.services.core import rows
from app.services.core.transaction import end_read, use_case
from app.services.events import event_service
from app.services.mail import account_link_service, email_message_service
from app.services.mail.account_link_service import Purpose
from app.utils import clock, scope
from app.utils.errors import Conflict

FORGOT_SECONDS = 0.25  # minimum duration, so that the response time does not reveal whether there is an account


@use_case
def invite(user_id: UUID) -> None:
    """Email an invitation, possibly again, which invalidates earlier links; Conflict if it was accepted already."""
    user = rows.lock_for_update(User, user_id)
    if user.status != UserStatus.INVITED:
        raise Conflict("This user has already accepted the invitation.", code="not_invited")
    send_invitation(user)


@use_case
def send_invitation(user: User) -> None:
    """Email the link with which an invited user sets a password."""
    user.invited_at = clock.now()  # links are bound to it: earlier ones become invalid
    event_service.record("user.invited", user)
    _mail("invitation", Purpose.INVITATION, user, user.invited_at)


def accept_invitation(acceptance: InvitationAccept) -> None:
    """Set the password and activate the user; NotFound if the link is used, expired or forged."""
    with scope.tenant(account_link_service.tenant_of(Purpose.INVITATION, acceptance.token)):
        user = account_link_service.user_of(Purpose.INVITATION, acceptance.token)
        # Hashing is slow and happens before the transaction; `_accept` checks the link again, under a lock.
        _accept(acceptance, password_policy.hash_for(user, acceptance.password))


def forgot_password(asked: ForgottenPassword) -> None:
    """Email a reset link to each active account with this address, without revealing whether there is one."""
    with clock.at_least(FORGOT_SECONDS):
        # Ids, because entering a tenant's scope closes the session and detaches the users.
        found = [(user.tenant_id, user.id) for user in auth_service.find_users(asked.email, asked.tenant)]
        end_read()
        for tenant_id, user_id in found:
            with scope.tenant(tenant_id):
                send_reset(user_id)


def reset_password(reset: PasswordReset) -> None:
    """Set a new password with an emailed link; ends all sessions and verifies the address.

    NotFound if the link is used, expired or forged.
    """
    with scope.tenant(account_link_service.tenant_of(Purpose.PASSWORD_RESET, reset.token)):
        user = account_link_service.user_of(Purpose.PASSWORD_RESET, reset.token)
        password_hash = password_policy.hash_for(user, reset.password)
        _reset(reset.token, password_hash, password_policy.is_short(reset.password))


@use_case
def ask_verification(user_id: UUID) -> None:
    """Email the link that verifies the user's address, unless it is verified already."""
    user = rows.lock_row(User, user_id)
    if user.email_verified_at is None:
        _mail("verify_email", Purpose.EMAIL_VERIFICATION, user, _this_minute())


def verify_email(token: str) -> None:
    """Mark the address as verified; NotFound if the link is used, expired or forged."""
    with scope.tenant(account_link_service.tenant_of(Purpose.EMAIL_VERIFICATION, token)):
        _verify(token)


@use_case
def _accept(acceptance: InvitationAccept, password_hash: str) -> None:
    user = account_link_service.lock_user(Purpose.INVITATION, acceptance.token)
    if user.status != UserStatus.INVITED:
        raise Conflict("This invitation can no longer be accepted.", code="not_invited")
    user.password_hash, user.status = password_hash, UserStatus.ACTIVE
    user.name = acceptance.name or user.name
    user.email_verified_at = clock.now()  # the link was mailed to the address
    user.version += 1  # lock_user does not increment it, unlike rows.lock_for_update
    event_service.record("user.invitation_accepted", user)


@use_case
def send_reset(user_id: UUID) -> None:
    """Email the link to set a new password."""
    user = rows.lock_row(User, user_id)
    user.reset_asked_at = _this_minute()  # invalidates earlier links
    event_service.record("user.password_reset_asked", user)
    _mail("password_reset", Purpose.PASSWORD_RESET, user, user.reset_asked_at)


@use_case
def _reset(token: str, password_hash: str, is_short: bool) -> None:
    user = account_link_service.lock_user(Purpose.PASSWORD_RESET, token)
    password_policy.set_password(user, password_hash, is_short=is_short)
    user.email_verified_at = user.email_verified_at or clock.now()
    user.version += 1
    auth_session_service.end_sessions(user, "password_reset")
    auth_service.forget_failures(user)
    event_service.record("user.password_reset", user)
    warn_of_new_password(user)


@use_case
def warn_of_new_password(user: User) -> None:
    """Email the user that the password was changed, in case someone else did it."""
    key = f"password_changed:{user.id}:{clock.now().isoformat()}"
    # Queued directly, because users can mute the mails of `notification_service`.
    email_message_service.queue(
        "password_changed", user.email, key=key, context={"name": user.name, "locale": user.locale}
    )


@use_case
def _verify(token: str) -> None:
    user = account_link_service.lock_user(Purpose.EMAIL_VERIFICATION, token)
    user.email_verified_at = clock.now()
    user.version += 1
    event_service.record("user.email_verified", user)


def _mail(template: str, purpose: Purpose, user: User, at: datetime) -> None:
    """Queue the email, once per user, template and `at`."""
    email_message_service.queue(
        template,
        user.email,
        key=f"{template}:{user.id}:{at.isoformat()}",
        context={"name": user.name, "locale": user.locale, **account_link_service.link_context(purpose, user)},
    )


def _this_minute() -> datetime:
    """Return the current minute, so that repeated requests send at most one email per minute."""
    now = clock.now()
    return now - timedelta(seconds=now.second, microseconds=now.microsecond)
