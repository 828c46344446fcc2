"""Sign-up, sign-in, tokens."""

from __future__ import annotations

from uuid import UUID

from pydantic import Field

from app.schemas.common import Email, In, Out
from app.schemas.password_schema import Password
from app.schemas.tenant_schema import Slug


class LoginIn(In):
    """Credentials; the tenant may be left out where the address is known to one only."""

    email: Email = Field(examples=["admin@harbour.example"])
    password: Password = Field(examples=["correct horse battery staple"])
    tenant: Slug | None = Field(None, examples=["harbour"])
    code: str | None = Field(
        None, min_length=6, max_length=20, description="Of the authenticator app, or a recovery code"
    )
    cookie: bool = Field(
        False, strict=True, description="Keep the refresh token in an HttpOnly cookie, not in the body"
    )


class RefreshIn(In):
    """The refresh token; browsers leave it out and send the cookie."""

    refresh_token: str | None = Field(None, max_length=200)


class TokenPair(Out):
    """An access token and, unless it went into the cookie, the refresh token."""

    access_token: str
    token_type: str = "Bearer"
    expires_in: int = Field(description="Seconds until the access token ends")
    refresh_token: str | None


class MeOut(Out):
    """The signed-in user, as the app needs it at start."""

    id: UUID
    email: str
    name: str
    tenant_id: UUID
    tenant_slug: str
    tenant_name: str
    role: str
    permissions: list[str]
    email_verified: bool
    totp_enabled: bool
