"""Sign-in of platform administrators, and their own accounts."""

from flask import Blueprint

from app.middleware.endpoint.decorator import endpoint
from app.middleware.identity.access import PLATFORM_SELF, PUBLIC
from app.middleware.identity.client import Client
from app.middleware.identity.token_response import limit_account, respond_with_tokens
from app.schemas.account_schema import RecoveryCodes, TotpCode, TotpSecret
from app.schemas.auth_schema import TokenPair
from app.schemas.platform_schema import PlatformAdminOut, PlatformLogin, PlatformRefresh
from app.schemas.user_schema import PasswordChange
from app.services.platform import platform_auth_service
from app.services.platform.platform_auth_service import PlatformPrincipal

bp = Blueprint("platform_auth", __name__, url_prefix="/platform/auth")


@bp.post("/login")
@endpoint(PUBLIC, out=TokenPair, limit="login")
def login(body: PlatformLogin, client: Client):
    """Sign in as a platform administrator.

    The token is not valid for tenant endpoints.
    """
    limit_account(f"@platform:{body.email}")
    return respond_with_tokens(platform_auth_service.login(body, client.user_agent), False)


@bp.post("/refresh")
@endpoint(PUBLIC, out=TokenPair, limit="login")
def refresh(body: PlatformRefresh, client: Client):
    """Exchange a refresh token for new tokens.

    Reusing an old refresh token ends the session.
    """
    return respond_with_tokens(platform_auth_service.refresh(body.refresh_token, client.came_at), False)


@bp.post("/logout")
@endpoint(PLATFORM_SELF, status=204)
def logout(principal: PlatformPrincipal):
    """Sign out and end the current session."""
    platform_auth_service.logout(principal.session_id)


@bp.get("/me")
@endpoint(PLATFORM_SELF, out=PlatformAdminOut)
def me(principal: PlatformPrincipal):
    """Get the signed-in platform administrator."""
    return platform_auth_service.me(principal.admin_id)


@bp.post("/password")
@endpoint(PLATFORM_SELF, status=204)
def change_password(body: PasswordChange, principal: PlatformPrincipal):
    """Change your password.

    All your other sessions end.
    """
    limit_account(str(principal.admin_id))
    platform_auth_service.change_password(principal.admin_id, principal.session_id, body)


@bp.post("/totp")
@endpoint(PLATFORM_SELF, out=TotpSecret)
def begin_totp(principal: PlatformPrincipal):
    """Create a secret for an authenticator app.

    The second factor is on once you confirm a code.
    """
    return platform_auth_service.begin_totp(principal.admin_id)


@bp.post("/totp/confirmation")
@endpoint(PLATFORM_SELF, out=RecoveryCodes)
def confirm_totp(body: TotpCode, principal: PlatformPrincipal):
    """Turn on the second factor by confirming a code.

    Acting on tenants requires a second factor. The recovery codes are only returned in this response.
    """
    limit_account(str(principal.admin_id))
    return platform_auth_service.confirm_totp(principal.admin_id, body.code)
