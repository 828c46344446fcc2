"""Sign-up, sign-in, tokens."""

from __future__ import annotations

from typing import Annotated, Any, ClassVar, Literal
from uuid import UUID

from pydantic import AfterValidator, BeforeValidator, Field, WithJsonSchema

from app.schemas.common import (
    Email,
    In,
    Line,
    Out,
    Phone,
    bounds,
    clean_text,
)
from app.schemas.documented import NAMED
from app.schemas.password_schema import Password
from app.schemas.patch import Patch
from app.schemas.role_schema import PermissionNames
from app.schemas.tenant_schema import LocaleTag, Slug, TimeZone
from app.schemas.user_schema import SystemRole
from app.utils.json_provider import dump_json

# Forms and reference pages send every field.
EMPTY_IS_ABSENT = BeforeValidator(lambda value: None if value == "" else value)


MAX_PREFERENCES = 16 * 1024  # bytes


def _short(value: dict[str, Any]) -> dict[str, Any]:
    try:
        text = dump_json(value)
    except TypeError as error:
        raise ValueError("must not be nested that deeply") from error
    if len(text.encode()) > MAX_PREFERENCES:
        raise ValueError("must be at most 16 KB as JSON")
    if "\\u0000" in text:  # PostgreSQL cannot store it
        raise ValueError("must not contain NUL characters")
    return value


ClientPreferences = Annotated[
    dict[str, Any],
    AfterValidator(_short),
    WithJsonSchema({"type": "object", "additionalProperties": {NAMED: "JsonValue"}}),
]


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


class PreferencesIn(In):
    """What a client keeps for you, such as columns and panes: any JSON object of up to 16 KB."""

    preferences: ClientPreferences = Field(
        description="What to store; replaces all of it", examples=[{"theme": "dark", "columns": ["name", "stage"]}]
    )


class PreferencesOut(Out):
    """What a client keeps for you."""

    preferences: ClientPreferences = Field(description="As it was stored")
    version: int


class MeUpdate(Patch):
    """What you change of your own account. Without a time zone or locale, those of the tenant apply."""

    nullable: ClassVar[frozenset[str]] = frozenset({"title", "phone", "time_zone", "locale", "signature"})

    name: Line | None = None
    title: Line | None = Field(None, examples=["Senior recruiter"])
    phone: Phone | None = Field(None, examples=["+49 40 300800998"])
    time_zone: TimeZone | None = Field(None, examples=["Europe/Berlin"])
    locale: LocaleTag | None = Field(None, examples=["de-DE"])
    signature: Annotated[str, bounds(2000), AfterValidator(clean_text)] | None = Field(
        None, examples=["Grace Hopper, Harbour Staffing"], description="Plain text"
    )


class MeOut(Out):
    """The signed-in user with tenant, role and permissions."""

    id: UUID
    email: str
    name: str
    title: str | None
    phone: str | None
    time_zone: str | None
    locale: str | None
    signature: str | None
    avatar_url: str | None
    tenant_id: UUID
    tenant_slug: str
    tenant_name: str
    role: SystemRole
    permissions: PermissionNames
    email_verified: bool
    totp_enabled: bool
    version: int
