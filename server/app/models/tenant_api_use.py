"""API calls of tenants, by day."""

from __future__ import annotations

from datetime import date

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from app.models.base.model import BaseModel
from app.models.base.tenancy import TenantScoped


class TenantApiUse(TenantScoped, BaseModel):
    """Calls of one day; counted in memory and added periodically, so that requests do not write."""

    __tablename__ = "tenant_api_use"
    __keys__ = (sa.UniqueConstraint("tenant_id", "day"),)

    day: Mapped[date] = mapped_column(sa.Date)
    calls: Mapped[int] = mapped_column(sa.BigInteger)  # not limited; a killed process loses up to 30 seconds
