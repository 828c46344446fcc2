"""Roles: named sets of permissions."""

from __future__ import annotations

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from app.models.base.model import BaseModel, Versioned
from app.models.base.tenancy import TenantScoped
from app.models.base.types import Json
from app.models.permission import with_implied
from app.models.system_role import SYSTEM_ROLES

CUSTOM_LEVEL = 9  # below every system role: a custom role grants permissions but no rank


class Role(TenantScoped, Versioned, BaseModel):
    """A role; the permissions of system roles are defined in code, so that a release can change them."""

    __tablename__ = "roles"
    __keys__ = (sa.UniqueConstraint("tenant_id", "name"),)

    name: Mapped[str] = mapped_column(sa.String(60))
    description: Mapped[str | None] = mapped_column(sa.String(200))
    is_system: Mapped[bool] = mapped_column(default=False)
    level: Mapped[int] = mapped_column(sa.SmallInteger)
    custom_permissions: Mapped[list[str]] = mapped_column(Json, default=list)  # empty for system roles

    @property
    def permissions(self) -> list[str]:
        """The names of the role's permissions, sorted."""
        return permissions_of(self.name, self.is_system, self.custom_permissions)


def permissions_of(name: str, is_system: bool, custom: list[str]) -> list[str]:
    """Return the permissions of a role from its columns."""
    return sorted(SYSTEM_ROLES[name][1] if is_system else with_implied(custom))
