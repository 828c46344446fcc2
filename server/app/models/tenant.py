"""A tenant: one agency or hiring team, and the walls' other side."""

from __future__ import annotations

from enum import StrEnum
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from app.models.base import BaseModel, Versioned
from app.models.types import enum_of


class TenantStatus(StrEnum):
    """Anything but active refuses login and every request of its users."""

    ACTIVE = "active"
    SUSPENDED = "suspended"
    INACTIVE = "inactive"


class Tenant(Versioned, BaseModel):
    """One customer on the server."""

    __tablename__ = "tenants"

    slug: Mapped[str] = mapped_column(sa.String(63), unique=True)
    name: Mapped[str] = mapped_column(sa.String(200))
    status: Mapped[TenantStatus] = mapped_column(enum_of(TenantStatus, "status"), default=TenantStatus.ACTIVE)
    status_reason: Mapped[str | None] = mapped_column(sa.String(500))
    time_zone: Mapped[str] = mapped_column(sa.String(64), default="UTC")
    plan_id: Mapped[UUID] = mapped_column(sa.ForeignKey("subscription_plans.id"))
