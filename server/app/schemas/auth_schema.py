"""Sign-up, sign-in, tokens."""

from __future__ import annotations

from typing import Annotated, Literal
from uuid import UUID

from pydantic import BeforeValidator, Field

from app.schemas.common import Email, In, Out
from app.schemas.password_schema import Password
from app.schemas.role_schema import PermissionNames
from app.schemas.tenant_schema import Slug
from app.schemas.user_schema import SystemRole

# Forms and reference pages send every field.
EMPTY_IS_ABSENT = BeforeValidator(lambda value: None if value == "" else value)


class LoginIn(In):
    """Credentials. The tenant is optional if your email address belongs to only one."""

    email: Email = Field(examples=["admin@harbour.example"])
    password: Password = Field(examples=["correct horse battery staple"])
    tenant: Annotated[Slug | None, EMPTY_IS_ABSENT] = Field(None, examples=["harbour"])
    code: Annotated[str | None, EMPTY_IS_ABSENT] = Field(
        None, min_length=6, max_length=20, description="Code from the authenticator app, or a recovery code"
    )
    cookie: bool = Field(
        False, strict=True, description="Return the refresh token in an HttpOnly cookie instead of the body"
    )


class RefreshIn(In):
    """The refresh token. Browsers omit it and send the cookie instead."""

    refresh_token: str | None = Field(None, max_length=200)


class TokenPair(Out):
    """An access token and, unless it is in the cookie, a refresh token."""

    access_token: str
    token_type: Literal["Bearer"] = "Bearer"
    expires_in: int = Field(description="Seconds until the access token expires")
    refresh_token: str | None


class MeOut(Out):
    """The signed-in user with tenant, role and permissions."""

    id: UUID
    email: str
    name: str
    tenant_id: UUID
    tenant_slug: str
    tenant_name: str
    role: SystemRole
    permissions: PermissionNames
    email_verified: bool
    totp_enabled: bool
