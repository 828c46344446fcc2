"""Roles and permissions."""

from __future__ import annotations

from typing import Annotated, ClassVar
from uuid import UUID

from pydantic import AfterValidator, Field, StringConstraints

from app.models.permission import PERMISSIONS
from app.schemas.common import In, Line, Out
from app.schemas.documented import like, list_of
from app.schemas.patch import Patch


def _known(names: list[str]) -> list[str]:
    unknown = sorted(set(names) - set(PERMISSIONS))
    if unknown:
        raise ValueError("must contain only existing permissions")
    # Sorted, so that the same permissions in another order are no change.
    return sorted(set(names))


RoleName = Annotated[str, StringConstraints(strict=True, pattern=r"^[A-Z][A-Z0-9_]{1,59}$")]  # like system roles
Permissions = Annotated[
    list[Annotated[str, StringConstraints(strict=True, max_length=60), like("Permission")]],
    Field(min_length=1, max_length=200),
    AfterValidator(_known),
]

PermissionNames = Annotated[list[str], list_of("Permission")]


class RoleCreate(In):
    """A custom role: a name in upper case, and permissions that you have yourself."""

    name: RoleName = Field(examples=["SOURCER"])
    description: Line | None = Field(None, examples=["Finds people, does not talk to them"])
    permissions: Permissions = Field(examples=[["candidates.view_all", "candidates.create"]])


class RoleUpdate(Patch):
    """Fields of a custom role to change."""

    nullable: ClassVar[frozenset[str]] = frozenset({"description"})

    name: RoleName | None = Field(None, examples=["SOURCER"])
    description: Line | None = None
    permissions: Permissions | None = None


class RoleOut(Out):
    """A role and its permissions."""

    id: UUID
    name: str
    description: str | None
    is_system: bool
    level: int
    permissions: PermissionNames
    version: int


class UserRoles(In):
    """The custom roles of the user. They replace the current ones."""

    role_ids: Annotated[list[UUID], Field(max_length=20)] = Field(examples=[[]])
