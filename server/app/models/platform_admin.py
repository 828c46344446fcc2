"""Platform administrators, who manage tenants and belong to none."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from app.models.base.model import BaseModel, Versioned
from app.models.base.types import UtcDateTime, enum_of
from app.models.second_factor import SecondFactor


class PlatformAdminStatus(StrEnum):
    """Only an active administrator can sign in; none is ever deleted, since platform events refer to them."""

    ACTIVE = "active"
    SUSPENDED = "suspended"


class PlatformAdmin(Versioned, SecondFactor, BaseModel):
    """An administrator, who signs in outside any tenant and needs a second factor to manage tenants."""

    __tablename__ = "platform_admins"

    email: Mapped[str] = mapped_column(sa.String(254), unique=True)
    name: Mapped[str] = mapped_column(sa.String(200))
    password_hash: Mapped[str] = mapped_column(sa.String(200))
    status: Mapped[PlatformAdminStatus] = mapped_column(
        enum_of(PlatformAdminStatus, "status"), default=PlatformAdminStatus.ACTIVE
    )
    last_login_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
