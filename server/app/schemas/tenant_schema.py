"""The tenant, its sign-up, its plan and use."""

from __future__ import annotations

from typing import Annotated, Any
from uuid import UUID
from zoneinfo import available_timezones

from pydantic import AfterValidator, Field, StringConstraints

from app.models.tenant import TenantStatus
from app.schemas.common import Email, In, Line, NewPassword, Out, UtcMoment, clean_line

Slug = Annotated[
    str,
    StringConstraints(pattern=r"^[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?$", max_length=63, strict=True),
    AfterValidator(clean_line),
]

MACHINE_ZONES = {"localtime", "posixrules"}


def _time_zone(value: str) -> str:
    if value not in available_timezones() or value in MACHINE_ZONES:
        raise ValueError("is not an IANA time zone, like Europe/Berlin")
    return value


TimeZone = Annotated[str, StringConstraints(max_length=64, strict=True), AfterValidator(_time_zone)]


class TenantNew(In):
    """A new tenant with its first administrator."""

    name: Line = Field(examples=["Harbour Staffing"])
    slug: Slug = Field(examples=["harbour"])
    time_zone: TimeZone = Field("UTC", examples=["Europe/Berlin"])
    admin_name: Line = Field(examples=["Ada Admin"])
    admin_email: Email = Field(examples=["ada@harbour.example"])


class TenantSignup(TenantNew, NewPassword):
    """A new tenant, whose administrator chooses a password at once."""


class TenantUpdate(In):
    """What an administrator may change."""

    name: Line | None = None
    time_zone: TimeZone | None = None


class TenantOut(Out):
    """A tenant."""

    id: UUID
    slug: str
    name: str
    status: TenantStatus
    time_zone: str
    plan: str
    version: int
    created_at: UtcMoment
    updated_at: UtcMoment


class SignupOut(Out):
    """The new tenant and its administrator, who can sign in at once."""

    tenant: TenantOut
    user_id: UUID


class Usage(Out):
    """What is used, and of how much; without a limit null."""

    used: int
    limit: int | None


class TenantUsageOut(Out):
    """The plan and what is used of it."""

    plan: str
    users: Usage
    candidates: Usage
    storage_bytes: Usage
    jobs: Usage
    api_calls: Usage = Field(description="Requests of this calendar month (UTC), counted within a minute")
    features: dict[str, Any]
