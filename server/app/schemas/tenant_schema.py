"""The tenant, its sign-up, its plan and use."""

from __future__ import annotations

from typing import Annotated, Any, ClassVar
from uuid import UUID
from zoneinfo import available_timezones

from babel import Locale, UnknownLocaleError
from pydantic import AfterValidator, Field, StringConstraints

from app.models.subscription_plan import Feature
from app.models.tenant import TenantStatus
from app.schemas.common import (
    Email,
    In,
    Line,
    Out,
    Url,
    UtcMoment,
    clean_line,
)
from app.schemas.documented import flags
from app.schemas.password_schema import NewPassword
from app.schemas.patch import Patch

# A DNS label.
Slug = Annotated[
    str,
    StringConstraints(pattern=r"^[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?$", max_length=63, strict=True),
    AfterValidator(clean_line),
]

MACHINE_ZONES = {"localtime", "posixrules", "Factory"}  # depend on the machine, or mean that no zone is set


def _time_zone(value: str) -> str:
    if value not in available_timezones() or value in MACHINE_ZONES:
        raise ValueError("must be an IANA time zone, like Europe/Berlin")
    return value


def _locale(value: str) -> str:
    try:
        known = str(Locale.parse(value, sep="-")).replace("_", "-")
    except (ValueError, UnknownLocaleError) as error:
        raise ValueError("must be a supported locale, like en-GB") from error
    # An alias or a short form, such as "zh-TW" for "zh-Hant-TW".
    if known.lower() != value.lower():
        raise ValueError(f"must be written as {known}")
    return known


def _color(value: str) -> str:
    return value.lower()


LocaleTag = Annotated[
    str,
    # "en", "en-GB", "zh-Hant-TW" or "es-419".
    StringConstraints(pattern=r"^[A-Za-z]{2,3}(-[A-Za-z]{4})?(-[A-Za-z]{2}|-[0-9]{3})?$", max_length=35, strict=True),
    AfterValidator(clean_line),
    AfterValidator(_locale),
]
Color = Annotated[
    str,
    StringConstraints(pattern=r"^#[0-9a-fA-F]{6}$", strict=True),
    AfterValidator(clean_line),
    AfterValidator(_color),
]
TimeZone = Annotated[str, StringConstraints(max_length=64, strict=True), AfterValidator(_time_zone)]


class TenantNew(In):
    """A new tenant with its first administrator."""

    name: Line = Field(examples=["Harbour Staffing"])
    slug: Slug = Field(examples=["harbour"])
    time_zone: TimeZone = Field("UTC", examples=["Europe/Berlin"])
    locale: LocaleTag = Field("en", examples=["de-DE"])
    admin_name: Line = Field(examples=["Ada Admin"])
    admin_email: Email = Field(examples=["ada@harbour.example"])


class TenantSignup(TenantNew, NewPassword):
    """A new tenant whose administrator chooses a password right away."""


class TenantUpdate(Patch):
    """Fields that an administrator can change."""

    nullable: ClassVar[frozenset[str]] = frozenset({"website", "contact_email", "postal_address"})

    name: Line | None = None
    time_zone: TimeZone | None = None
    locale: LocaleTag | None = Field(None, examples=["en-GB"])
    website: Url | None = Field(None, examples=["https://harbour.example"])
    contact_email: Email | None = Field(None, examples=["hello@harbour.example"])
    postal_address: Line | None = Field(None, examples=["Am Kai 1, 20457 Hamburg, Germany"])


class TenantOut(Out):
    """A tenant."""

    id: UUID
    slug: str
    name: str
    status: TenantStatus
    time_zone: str
    locale: str
    website: str | None
    contact_email: str | None
    postal_address: str | None
    is_sandbox: bool
    plan: str
    version: int
    created_at: UtcMoment
    updated_at: UtcMoment


class SignupOut(Out):
    """The new tenant and its administrator, who can sign in immediately."""

    tenant: TenantOut
    user_id: UUID


class Usage(Out):
    """The current usage and its limit. Without a limit, `limit` is null."""

    used: int
    limit: int | None


class TenantUsageOut(Out):
    """The plan of the tenant and its usage."""

    plan: str
    users: Usage
    candidates: Usage
    storage_bytes: Usage
    jobs: Usage
    api_calls: Usage = Field(description="Requests in this calendar month (UTC), updated within a minute")
    features: Annotated[dict[str, Any], flags(Feature)]


class BrandingUpdate(In):
    """The branding of the tenant."""

    color: Color | None = Field(examples=["#0a5c7a"])


class BrandingOut(Out):
    """The branding in emails and for visitors. Color and logo require a plan with custom branding."""

    name: str
    color: str | None
    logo_url: str | None


class SandboxOut(Out):
    """The sandbox of a tenant. It is filled with synthetic data within a minute or two."""

    tenant: TenantOut
    login_email: str = Field(description="Sign in with this email and your current password")
