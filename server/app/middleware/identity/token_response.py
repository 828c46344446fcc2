"""Token responses, with the refresh token in the body or in a cookie."""

from __future__ import annotations

from flask import Response, current_app

from app.middleware.identity.authentication import enforce
from app.middleware.identity.client import set_refresh_cookie
from app.schemas.auth_schema import TokenPair
from app.services.accounts.auth_session_service import SignIn
from app.utils import clock, rate_limiter, tokens
from app.utils.rate_limiter import Limit


def refresh_seconds() -> int:
    """Return the lifetime of a refresh token in seconds."""
    return int(current_app.config["SETTINGS"].refresh_token_seconds)


def limit_account(email: str) -> None:
    """Count a sign-in for the account, from any IP address; TooManyRequests beyond the limit."""
    rate = current_app.config["SETTINGS"].rate_limit_login
    enforce(rate_limiter.hit(Limit.parse("login-account", tokens.digest(email), rate)))  # Redis gets no email addresses


def no_content() -> Response:
    """Return a 204 response."""
    return Response(status=204)


def respond_with_tokens(signed_in: SignIn, in_cookie: bool) -> Response:
    """Return the access token, with the refresh token in a cookie or in the body."""
    pair = TokenPair(
        access_token=signed_in.access_token,
        expires_in=int((signed_in.access_expires_at - clock.now()).total_seconds()) + 1,  # rounded up
        refresh_token=None if in_cookie else signed_in.refresh_token,
    )
    response = Response(pair.model_dump_json(), content_type="application/json")
    return set_refresh_cookie(response, signed_in.refresh_token, refresh_seconds()) if in_cookie else response
