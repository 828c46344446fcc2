"""API keys."""

from __future__ import annotations

from typing import Annotated, ClassVar
from uuid import UUID

from pydantic import AfterValidator, Field

from app.schemas.common import In, Out, ShortLine, UtcMoment
from app.schemas.lists import ListQuery
from app.schemas.patch import Patch
from app.schemas.role_schema import PermissionNames, Permissions

PEOPLES_OWN = ("api_keys.", "users.", "roles.")  # a leaked key must not create users or other keys
MAX_DAYS = 730


def _for_programs(names: list[str]) -> list[str]:
    if any(name.startswith(PEOPLES_OWN) and not name.endswith(".read") for name in names):
        raise ValueError("must not contain permissions that only users can have")
    return names


KeyPermissions = Annotated[Permissions, AfterValidator(_for_programs)]
Ids = Annotated[list[UUID], Field(min_length=1, max_length=200)]


class ApiKeyCreate(In):
    """A new API key with permissions that you have. You can restrict it to jobs or teams."""

    name: ShortLine = Field(examples=["Careers site"])
    permissions: KeyPermissions = Field(examples=[["candidates.create", "jobs.read"]])
    expires_in_days: int = Field(365, strict=True, ge=1, le=MAX_DAYS)
    job_ids: Ids | None = Field(
        None, description="Restrict the key to these jobs and their applications and candidates"
    )
    team_ids: Ids | None = Field(
        None, description="Restrict the key to candidates of these users and everyone who reports to them"
    )


class ApiKeyUpdate(Patch):
    """Fields to change."""

    name: ShortLine | None = None
    permissions: KeyPermissions | None = Field(None, examples=[["candidates.create", "jobs.read"]])


class ApiKeyRotation(In):
    """How long the previous secret remains valid."""

    overlap_hours: int = Field(24, strict=True, ge=0, le=168)


class ApiKeyOut(Out):
    """An API key without its secret."""

    id: UUID
    name: str
    hint: str = Field(description="The last characters of the secret")
    permissions: PermissionNames
    job_ids: list[UUID] | None
    team_ids: list[UUID] | None
    expires_at: UtcMoment
    previous_ends_at: UtcMoment | None = Field(description="When the previous secret expires after a rotation")
    last_used_at: UtcMoment | None
    revoked_at: UtcMoment | None
    version: int
    created_at: UtcMoment
    updated_at: UtcMoment


class ApiKeySecret(ApiKeyOut):
    """An API key with its secret, which is only returned once."""

    secret: str


class ApiKeyQuery(ListQuery):
    """Filters for listing API keys."""

    sorts: ClassVar[tuple[str, ...]] = ("created_at",)

    revoked: bool | None = None
