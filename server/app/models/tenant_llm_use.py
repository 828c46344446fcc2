"""Usage of the language model by tenants, by month."""

from __future__ import annotations

from datetime import date

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from app.models.base.model import BaseModel
from app.models.base.tenancy import TenantScoped


class TenantLlmUse(TenantScoped, BaseModel):
    """`tokens` counts input and output; while a call is in progress, the most that it may use is reserved."""

    __tablename__ = "tenant_llm_use"
    __keys__ = (sa.UniqueConstraint("tenant_id", "month"),)

    month: Mapped[date] = mapped_column(sa.Date)  # its first day, in UTC
    tokens: Mapped[int] = mapped_column(sa.BigInteger)
