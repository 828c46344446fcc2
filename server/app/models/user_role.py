"""The custom roles that a user has in addition to the system role."""

from __future__ import annotations

from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Mapped

from app.models.base.model import BaseModel
from app.models.base.tenancy import TenantScoped, within_tenant


class UserRole(TenantScoped, BaseModel):
    """A custom role of a user. A role in use cannot be deleted; deleting the user deletes the row."""

    __tablename__ = "user_roles"
    __keys__ = (
        sa.UniqueConstraint("tenant_id", "user_id", "role_id"),
        within_tenant("user_id", "users", ondelete="CASCADE"),
        within_tenant("role_id", "roles"),
        sa.Index("ix_user_roles_tenant_id_role_id", "tenant_id", "role_id"),
    )

    user_id: Mapped[UUID]
    role_id: Mapped[UUID]
