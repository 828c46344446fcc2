"""Users: people who sign in to one tenant."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.models.base.model import BaseModel, Versioned
from app.models.base.tenancy import TenantScoped, within_tenant
from app.models.base.types import Json, UtcDateTime, enum_of
from app.models.role import Role
from app.models.second_factor import SecondFactor


class UserStatus(StrEnum):
    """The status of a user; only an active user can sign in, an invited one has not chosen a password yet."""

    INVITED = "invited"
    ACTIVE = "active"
    SUSPENDED = "suspended"


class User(TenantScoped, Versioned, SecondFactor, BaseModel):
    """A user; has exactly one system role. A TEAM_LEAD or RECRUITER has a manager."""

    __tablename__ = "users"
    __keys__ = (
        sa.UniqueConstraint("tenant_id", "email"),  # a person may have accounts in several tenants
        sa.Index("ix_users_email", "email"),  # sign-in finds the tenant by email
        within_tenant("role_id", "roles"),
        within_tenant("manager_id", "users"),
    )

    email: Mapped[str] = mapped_column(sa.String(254))
    name: Mapped[str] = mapped_column(sa.String(200))
    title: Mapped[str | None] = mapped_column(sa.String(200))
    phone: Mapped[str | None] = mapped_column(sa.String(40))
    time_zone: Mapped[str | None] = mapped_column(sa.String(64))  # NULL: that of the tenant
    locale: Mapped[str | None] = mapped_column(sa.String(35))  # NULL: that of the tenant
    signature: Mapped[str | None] = mapped_column(sa.String(2000))
    avatar_id: Mapped[UUID | None] = mapped_column()  # no foreign key: the avatar refers to the user
    password_hash: Mapped[str | None] = mapped_column(sa.String(200))  # NULL: invited, imported or forced to reset
    status: Mapped[UserStatus] = mapped_column(enum_of(UserStatus, "status"), default=UserStatus.ACTIVE)
    role_id: Mapped[UUID] = mapped_column()
    manager_id: Mapped[UUID | None] = mapped_column()
    last_login_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    invited_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    email_verified_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    reset_asked_at: Mapped[datetime | None] = mapped_column(UtcDateTime)  # reset links issued earlier are invalid
    # Allowed only with a second factor; without one, the user must choose a longer password.
    is_password_short: Mapped[bool] = mapped_column(default=False, server_default=sa.false())
    # By kind, of those that the user changed: `in_app` and `email`, as in `notification_schema.Channels`.
    notification_settings: Mapped[dict[str, Any]] = mapped_column(Json, default=dict, server_default="{}")

    preferences: Mapped[dict[str, Any]] = mapped_column(Json, default=dict, server_default="{}")  # of the client
    preferences_version: Mapped[int] = mapped_column(default=1, server_default="1")

    role: Mapped[Role] = relationship(lazy="raise", viewonly=True)
    # Read-only: custom roles are assigned by `role_service`, which checks the granted permissions.
    custom_roles: Mapped[list[Role]] = relationship(
        secondary="user_roles", lazy="raise", viewonly=True, order_by=Role.name
    )
