"""Tenants: the companies that use the system."""

from __future__ import annotations

from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from app.models.base.model import BaseModel, Versioned
from app.models.base.state_machine import StateMachine, Transition
from app.models.base.types import Json, UtcDateTime, enum_of


class TenantStatus(StrEnum):
    """The status of a tenant; unless it is active, its users cannot sign in or make requests."""

    ACTIVE = "active"
    SUSPENDED = "suspended"
    INACTIVE = "inactive"


PLATFORM = "platform.tenants"  # held by every platform administrator, and only by them
TENANT_MACHINE = StateMachine(
    "tenant",
    (
        Transition(TenantStatus.ACTIVE, "suspend", TenantStatus.SUSPENDED, PLATFORM, needs_reason=True),
        Transition(TenantStatus.ACTIVE, "deactivate", TenantStatus.INACTIVE, PLATFORM),
        Transition(TenantStatus.SUSPENDED, "deactivate", TenantStatus.INACTIVE, PLATFORM),
        Transition(TenantStatus.SUSPENDED, "reactivate", TenantStatus.ACTIVE, PLATFORM),
        Transition(TenantStatus.INACTIVE, "reactivate", TenantStatus.ACTIVE, PLATFORM),
    ),
)
# The tenant is closed at once; until then, the deletion can be taken back.
DELETION_GRACE = timedelta(days=30)


class Tenant(Versioned, BaseModel):
    """A tenant; `settings` holds only values that differ from the defaults in `schemas/tenant_settings_schema.py`."""

    __tablename__ = "tenants"

    slug: Mapped[str] = mapped_column(sa.String(63), unique=True)  # as long as a DNS label
    name: Mapped[str] = mapped_column(sa.String(200))
    status: Mapped[TenantStatus] = mapped_column(enum_of(TenantStatus, "status"), default=TenantStatus.ACTIVE)
    status_reason: Mapped[str | None] = mapped_column(sa.String(500))
    time_zone: Mapped[str] = mapped_column(sa.String(64), default="UTC")
    locale: Mapped[str] = mapped_column(sa.String(35), default="en")  # RFC 5646, 4.4.1
    website: Mapped[str | None] = mapped_column(sa.String(400))
    contact_email: Mapped[str | None] = mapped_column(sa.String(254))  # the longest address (RFC 5321)
    postal_address: Mapped[str | None] = mapped_column(sa.String(200))
    is_sandbox: Mapped[bool] = mapped_column(default=False)  # sign-in prefers the real tenant
    settings: Mapped[dict[str, Any]] = mapped_column(Json, default=dict)
    brand_color: Mapped[str | None] = mapped_column(sa.String(7))  # #0a5c7a
    logo_key: Mapped[str | None] = mapped_column(sa.String(200))
    logo_media_type: Mapped[str | None] = mapped_column(sa.String(100))
    logo_size: Mapped[int | None] = mapped_column()
    delete_after: Mapped[datetime | None] = mapped_column(UtcDateTime)  # then a function deletes all its rows and files
    plan_id: Mapped[UUID] = mapped_column(sa.ForeignKey("subscription_plans.id"))
