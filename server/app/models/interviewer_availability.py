"""The weekly times when users are available for interviews."""

from __future__ import annotations

from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from app.models.base.model import BaseModel
from app.models.base.tenancy import TenantScoped, within_tenant
from app.models.base.types import Json


class InterviewerAvailability(TenantScoped, BaseModel):
    """`windows` holds the weekday (0 is Monday), start and end of each window, in the local time of `zone`."""

    __tablename__ = "interviewer_availabilities"
    __keys__ = (
        sa.UniqueConstraint("tenant_id", "user_id"),
        within_tenant("user_id", "users", ondelete="CASCADE"),
    )

    user_id: Mapped[UUID]
    zone: Mapped[str] = mapped_column(sa.String(64))  # local, so that daylight saving time does not move the hours
    max_per_day: Mapped[int | None]  # interviews, in the local time of `zone`
    max_per_week: Mapped[int | None]  # from Monday
    windows: Mapped[list[dict[str, Any]]] = mapped_column(Json, default=list)
