"""Subscriptions: the plans of a tenant over time, with their prices."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from app.models.base.model import BaseModel
from app.models.base.tenancy import TenantScoped
from app.models.base.types import UtcDateTime, enum_of
from app.models.subscription_plan import BillingPeriod

LIVE = sa.text("ended_at is null")


class TenantSubscription(TenantScoped, BaseModel):
    """A subscription, current if `ended_at` is null. Stores code and price, which do not follow changes of the plan."""

    __tablename__ = "tenant_subscriptions"
    __keys__ = (
        sa.Index(
            "uq_tenant_subscriptions_tenant_id_live", "tenant_id", unique=True, postgresql_where=LIVE, sqlite_where=LIVE
        ),
        sa.Index("ix_tenant_subscriptions_tenant_id_started_at_id", "tenant_id", "started_at", "id"),
    )

    plan_code: Mapped[str] = mapped_column(sa.String(40))  # no foreign key: a custom plan can be deleted
    billing_period: Mapped[BillingPeriod] = mapped_column(enum_of(BillingPeriod, "billing_period"))
    price_usd: Mapped[int]  # per billing period
    started_at: Mapped[datetime] = mapped_column(UtcDateTime)
    ended_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    actor_kind: Mapped[str] = mapped_column(sa.String(20))
    actor_id: Mapped[UUID | None] = mapped_column()
