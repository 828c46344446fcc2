"""One's own account: invitation, forgotten password, verified address, second factor, sessions."""

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
    NotificationPreferences,
    PasswordReset,
    RecoveryCodes,
    TotpCode,
    TotpEnd,
    TotpSecret,
)
from app.schemas.common import Page
from app.services.access.principal_service import Principal
from app.services.accounts import account_service, auth_session_service, totp_service
from app.services.mail import notification_service

bp = Blueprint("account", __name__, url_prefix="/auth")


@bp.post("/accept-invitation")
@endpoint(PUBLIC, status=204, limit="login")
def accept_invitation(body: InvitationAccept):
    """Choose a password by the mailed link; sign in with it then."""
    account_service.accept_invitation(body)


@bp.post("/forgot-password")
@endpoint(PUBLIC, status=202, limit="login")
def forgot_password(body: ForgottenPassword):
    """Ask for a link that sets a new password; the answer is the same whether the account exists or not."""
    limit_account(body.email)
    account_service.forgot_password(body)


@bp.post("/reset-password")
@endpoint(PUBLIC, status=204, limit="login")
def reset_password(body: PasswordReset):
    """Set a new password by the mailed link; every session ends."""
    account_service.reset_password(body)


@bp.post("/verify-email")
@endpoint(PUBLIC, status=204, limit="login")
def verify_email(body: EmailVerification):
    """Show by the mailed link that the address is one's own."""
    account_service.verify_email(body.token)


@bp.post("/email-verification")
@endpoint(AUTHENTICATED, status=202)
def ask_verification(principal: Principal):
    """Ask for the mail that verifies one's address."""
    account_service.ask_verification(principal.user_id)


@bp.get("/sessions")
@endpoint(AUTHENTICATED, out=Page[AuthSessionOut])
def list_sessions(principal: Principal):
    """One's own sessions that have not ended."""
    return auth_session_service.list_own(principal.user_id, principal.session_id)


@bp.delete("/sessions/<uuid:session_id>")
@endpoint(AUTHENTICATED, status=204, idempotency_key="none")
def revoke_session(session_id: UUID, principal: Principal):
    """End one of one's own sessions at once."""
    auth_session_service.revoke_own(principal.user_id, session_id)


@bp.get("/notifications")
@endpoint(AUTHENTICATED, out=NotificationPreferences)
def get_notifications(principal: Principal):
    """Which mails one gets, of those that one may do without."""
    return notification_service.preferences(principal.user_id)


@bp.put("/notifications")
@endpoint(AUTHENTICATED, out=NotificationPreferences)
def set_notifications(body: NotificationPreferences, principal: Principal):
    """Say which mails one wants."""
    return notification_service.set_preferences(principal.user_id, body)


@bp.post("/totp")
@endpoint(AUTHENTICATED, out=TotpSecret, idempotency_key="none")
def begin_totp(principal: Principal):
    """Get a secret for an authenticator app; it counts once a code is confirmed."""
    return totp_service.begin(principal.user_id)


@bp.post("/totp/confirmation")
@endpoint(AUTHENTICATED, out=RecoveryCodes, idempotency_key="none")
def confirm_totp(body: TotpCode, principal: Principal):
    """Turn the second factor on; the recovery codes are shown once."""
    limit_account(str(principal.user_id))
    return totp_service.confirm(principal.user_id, body.code)


@bp.delete("/totp")
@endpoint(AUTHENTICATED, status=204, idempotency_key="none")
def end_totp(body: TotpEnd, principal: Principal):
    """Turn the second factor off, by the password and a code."""
    limit_account(str(principal.user_id))
    totp_service.end(principal.user_id, body)
