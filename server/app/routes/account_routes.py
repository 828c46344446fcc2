"""The user's own account: invitation, password reset, email verification, second factor, sessions."""

from uuid import UUID

from flask import Blueprint

from app.middleware.endpoint.decorator import endpoint
from app.middleware.identity.access import AUTHENTICATED, PUBLIC
from app.middleware.identity.token_response import limit_account
from app.schemas.account_schema import (
    AuthSessionOut,
    EmailVerification,
    ForgottenPassword,
    InvitationAccept,
    PasswordReset,
    RecoveryCodes,
    TotpCode,
    TotpEnd,
    TotpSecret,
)
from app.schemas.lists import Page
from app.schemas.notification_schema import NotificationPreferences
from app.services.access.principal_service import Principal
from app.services.accounts import account_service, auth_session_service, totp_service
from app.services.notifications import notification_service

bp = Blueprint("account", __name__, url_prefix="/auth")


@bp.post("/accept-invitation")
@endpoint(PUBLIC, status=204, limit="login")
def accept_invitation(body: InvitationAccept):
    """Accept an invitation and set a password.

    `token` comes from the link in the invitation email. You can sign in with the password afterwards.
    """
    account_service.accept_invitation(body)


@bp.post("/forgot-password")
@endpoint(PUBLIC, status=202, limit="login")
def forgot_password(body: ForgottenPassword):
    """Request a password reset link by email.

    The response is the same whether or not the account exists.
    """
    limit_account(body.email)
    account_service.forgot_password(body)


@bp.post("/reset-password")
@endpoint(PUBLIC, status=204, limit="login")
def reset_password(body: PasswordReset):
    """Set a new password with the token from the reset email.

    All your sessions end.
    """
    account_service.reset_password(body)


@bp.post("/verify-email")
@endpoint(PUBLIC, status=204, limit="login")
def verify_email(body: EmailVerification):
    """Verify your email address with the token from the verification email."""
    account_service.verify_email(body.token)


@bp.post("/email-verification")
@endpoint(AUTHENTICATED, status=202)
def ask_verification(principal: Principal):
    """Request an email to verify your address."""
    account_service.ask_verification(principal.user_id)


@bp.get("/sessions")
@endpoint(AUTHENTICATED, out=Page[AuthSessionOut])
def list_sessions(principal: Principal):
    """List your active sessions."""
    return auth_session_service.list_own(principal.user_id, principal.session_id)


@bp.delete("/sessions/<uuid:session_id>")
@endpoint(AUTHENTICATED, status=204, idempotency_key="none")
def revoke_session(session_id: UUID, principal: Principal):
    """End one of your sessions immediately."""
    auth_session_service.revoke_own(principal.user_id, session_id)


@bp.get("/notifications")
@endpoint(AUTHENTICATED, out=NotificationPreferences)
def get_notifications(principal: Principal):
    """Get your notification preferences."""
    return notification_service.preferences(principal.user_id)


@bp.put("/notifications")
@endpoint(AUTHENTICATED, out=NotificationPreferences)
def set_notifications(body: NotificationPreferences, principal: Principal):
    """Set your notification preferences."""
    return notification_service.set_preferences(principal.user_id, body)


@bp.post("/totp")
@endpoint(AUTHENTICATED, out=TotpSecret, idempotency_key="none")
def begin_totp(principal: Principal):
    """Create a secret for an authenticator app.

    The second factor is on once you confirm a code.
    """
    return totp_service.begin(principal.user_id)


@bp.post("/totp/confirmation")
@endpoint(AUTHENTICATED, out=RecoveryCodes, idempotency_key="none")
def confirm_totp(body: TotpCode, principal: Principal):
    """Turn on the second factor by confirming a code.

    The recovery codes are only returned in this response.
    """
    limit_account(str(principal.user_id))
    return totp_service.confirm(principal.user_id, body.code)


@bp.delete("/totp")
@endpoint(AUTHENTICATED, status=204, idempotency_key="none")
def end_totp(body: TotpEnd, principal: Principal):
    """Turn off the second factor with your password and a code."""
    limit_account(str(principal.user_id))
    totp_service.end(principal.user_id, body)
