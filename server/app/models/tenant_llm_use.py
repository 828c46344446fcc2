"""What a tenant has had a language model read, by month."""

from __future__ import annotations

from datetime import date

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from app.models.base.model import BaseModel
from app.models.base.tenancy import TenantScoped


class TenantLlmUse(TenantScoped, BaseModel):
    """`tokens` counts what was sent and answered, and while a call is under way what it may need at most."""

    __tablename__ = "tenant_llm_use"
    __keys__ = (sa.UniqueConstraint("tenant_id", "month"),)

    month: Mapped[date] = mapped_column(sa.Date)
    tokens: Mapped[int] = mapped_column(sa.BigInteger)
