"""Sign-in of platform administrators, and what each does about themselves."""

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
    """Sign in as a platform administrator; the token serves no tenant's routes."""
    limit_account(f"@platform:{body.email}")
    return respond_with_tokens(platform_auth_service.login(body, client.user_agent), False)


@bp.post("/refresh")
@endpoint(PUBLIC, out=TokenPair, limit="login")
def refresh(body: PlatformRefresh, client: Client):
    """Exchange a refresh token for the next pair; an old one ends the session."""
    return respond_with_tokens(platform_auth_service.refresh(body.refresh_token, client.came_at), False)


@bp.post("/logout")
@endpoint(PLATFORM_SELF, status=204)
def logout(principal: PlatformPrincipal):
    """End this session at once."""
    platform_auth_service.logout(principal.session_id)


@bp.get("/me")
@endpoint(PLATFORM_SELF, out=PlatformAdminOut)
def me(principal: PlatformPrincipal):
    """The signed-in administrator."""
    return platform_auth_service.me(principal.admin_id)


@bp.post("/password")
@endpoint(PLATFORM_SELF, status=204)
def change_password(body: PasswordChange, principal: PlatformPrincipal):
    """Change one's own password; every other session ends."""
    limit_account(str(principal.admin_id))
    platform_auth_service.change_password(principal.admin_id, principal.session_id, body)


@bp.post("/totp")
@endpoint(PLATFORM_SELF, out=TotpSecret)
def begin_totp(principal: PlatformPrincipal):
    """Get a secret for an authenticator app; it counts once a code is confirmed."""
    return platform_auth_service.begin_totp(principal.admin_id)


@bp.post("/totp/confirmation")
@endpoint(PLATFORM_SELF, out=RecoveryCodes)
def confirm_totp(body: TotpCode, principal: PlatformPrincipal):
    """Turn the second factor on, which acting on tenants needs; the recovery codes are shown once."""
    limit_account(str(principal.admin_id))
    return platform_auth_service.confirm_totp(principal.admin_id, body.code)
