"""How often a tenant called the API, by day."""

from __future__ import annotations

from datetime import date

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from app.models.base.model import BaseModel
from app.models.base.tenancy import TenantScoped


class TenantApiUse(TenantScoped, BaseModel):
    """Counted in memory and added now and then, so that no request pays for it."""

    __tablename__ = "tenant_api_use"
    __keys__ = (sa.UniqueConstraint("tenant_id", "day"),)

    day: Mapped[date] = mapped_column(sa.Date)
    calls: Mapped[int] = mapped_column(sa.BigInteger)
