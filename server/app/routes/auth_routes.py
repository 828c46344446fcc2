"""Sign-in, token refresh, sign-out, the signed-in user."""

from flask import Blueprint

from app.middleware.endpoint.decorator import endpoint
from app.middleware.identity.access import AUTHENTICATED, PUBLIC
from app.middleware.identity.client import Client, drop_cookie
from app.middleware.identity.token_response import limit_account, no_content, refresh_seconds, respond_with_tokens
from app.schemas.auth_schema import LoginIn, MeOut, MeUpdate, PreferencesIn, PreferencesOut, RefreshIn, TokenPair
from app.schemas.common import IfMatch
from app.schemas.user_schema import PasswordChange
from app.services.access.principal_service import Principal
from app.services.accounts import auth_service, auth_session_service
from app.services.users import user_preference_service, user_service

bp = Blueprint("auth", __name__, url_prefix="/auth")


@bp.post("/login")
@endpoint(PUBLIC, out=TokenPair, limit="login")
def login(body: LoginIn, client: Client):
    """Sign in with email address and password."""
    limit_account(body.email)
    signed_in = auth_service.login(body, refresh_seconds(), client.user_agent)
    return respond_with_tokens(signed_in, body.cookie)


@bp.post("/refresh")
@endpoint(PUBLIC, out=TokenPair)
def refresh(body: RefreshIn, client: Client):
    """Exchange a refresh token for new tokens.

    Reusing an old refresh token ends the session.
    """
    token = body.refresh_token or client.refresh_cookie
    signed_in = auth_session_service.refresh(token, refresh_seconds(), client.came_at)
    return respond_with_tokens(signed_in, body.refresh_token is None)


@bp.post("/logout")
@endpoint(AUTHENTICATED, status=204, idempotency_key="none")
def logout(principal: Principal):
    """Sign out and end the current session."""
    auth_session_service.logout(principal.session_id)
    return drop_cookie(no_content())


@bp.get("/me")
@endpoint(AUTHENTICATED, out=MeOut)
def me(principal: Principal):
    """Get the signed-in user with tenant, role and permissions."""
    return auth_service.me(principal.user_id)


@bp.patch("/me")
@endpoint(AUTHENTICATED, out=MeOut)
def update_me(body: MeUpdate, principal: Principal, if_match: IfMatch):
    """Change your own name, title, phone number, time zone, locale and signature."""
    return user_service.update_own(principal.user_id, body, if_match)


@bp.get("/preferences")
@endpoint(AUTHENTICATED, out=PreferencesOut)
def preferences(principal: Principal):
    """Get what your client keeps for you."""
    return user_preference_service.get(principal.user_id)


@bp.put("/preferences")
@endpoint(AUTHENTICATED, out=PreferencesOut)
def set_preferences(body: PreferencesIn, principal: Principal, if_match: IfMatch):
    """Replace what your client keeps for you.

    Any JSON object of up to 16 KB, with a version of its own.
    """
    return user_preference_service.put(principal.user_id, body.preferences, if_match)


@bp.post("/password")
@endpoint(AUTHENTICATED, status=204, idempotency_key="none")
def change_password(body: PasswordChange, principal: Principal):
    """Change your password.

    All your other sessions end.
    """
    limit_account(str(principal.user_id))
    user_service.change_password(principal.user_id, principal.session_id, body)
