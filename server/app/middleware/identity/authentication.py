"""Authentication by bearer token: checks the token's epochs and the rate limits."""

from __future__ import annotations

from flask import current_app, g, request

from app.services.access import principal_service
from app.services.access.principal_service import Principal
from app.services.settings import tenant_api_use_service
from app.utils import api_key_codec, rate_limiter
from app.utils.api_key_codec import KeyClaims
from app.utils.errors import TooManyRequests, Unauthenticated
from app.utils.jwt_codec import jwt_codec
from app.utils.rate_limiter import Limit, Verdict
from app.utils.token_claims import Claims

MAX_TOKEN = 4096  # characters, far more than ours have


def authenticate() -> Principal:
    """Return the user or API key of this request, with one Redis round trip, and no SQL unless an epoch has changed."""
    claims = claims_of_request()
    settings = current_app.config["SETTINGS"]
    limits = [
        Limit.parse("principal", str(claims.session_id), settings.rate_limit_principal),
        Limit.parse("tenant", str(claims.tenant_id), settings.rate_limit_tenant),
    ]
    epochs, verdict = rate_limiter.edge(principal_service.epoch_keys(claims), limits)
    # Before `resolve`, so that a client over its limit costs no SQL.
    enforce(verdict)
    g.principal = principal = principal_service.resolve(claims, epochs)
    tenant_api_use_service.count(principal.tenant_id)
    return principal


def claims_of_request() -> Claims | KeyClaims:
    """Return the claims of the request's token or API key; Unauthenticated if it is not one of ours."""
    token = bearer()
    return api_key_codec.read(token) if token.startswith(api_key_codec.PREFIX) else jwt_codec.decode(token)


def enforce(verdict: Verdict) -> None:
    """Set the rate limit headers; TooManyRequests if the limit is exceeded."""
    limit = verdict.limit
    # q: quota, w: window in seconds, r: remaining, t: seconds left (draft-ietf-httpapi-ratelimit-headers).
    g.rate_headers = {
        "RateLimit-Policy": f'"{limit.policy}";q={limit.count};w={limit.seconds}',
        "RateLimit": f'"{limit.policy}";r={verdict.remaining};t={limit.reset_seconds}',
    }
    if verdict.exceeded:
        headers = {**g.rate_headers, "Retry-After": str(limit.reset_seconds)}
        raise TooManyRequests(f"Rate limit exceeded: {limit.count} requests in {limit.seconds} s.", headers=headers)


def bearer() -> str:
    """Return the bearer token of the request, not yet verified; Unauthenticated if there is none."""
    kind, _, token = request.headers.get("Authorization", "").partition(" ")
    # Neither JWTs nor API keys are padded with `=`.
    if kind.lower() != "bearer" or not token or len(token) > MAX_TOKEN or not token.isascii() or "=" in token:
        raise Unauthenticated("Send an access token or an API key: Authorization: Bearer ...")
    return token
