"""Subscription plans: limits, features and prices."""

from __future__ import annotations

from enum import StrEnum
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from app.models.base.model import BaseModel, Versioned
from app.models.base.types import Json

MONTHS_OF_A_YEAR_PAID = 10


class Feature(StrEnum):
    """A feature that a plan can enable; an endpoint requires it with `feature=`."""

    API_ACCESS = "api_access"
    ADVANCED_REPORTS = "advanced_reports"
    CUSTOM_BRANDING = "custom_branding"
    PRIORITY_SUPPORT = "priority_support"


class BillingPeriod(StrEnum):
    """How often a tenant is billed."""

    MONTHLY = "monthly"
    YEARLY = "yearly"


class SubscriptionPlan(Versioned, BaseModel):
    """A standard plan, created by a migration, or, with `for_tenant_id`, the custom plan of one tenant."""

    __tablename__ = "subscription_plans"

    code: Mapped[str] = mapped_column(sa.String(40), unique=True)  # also among the custom plans of other tenants
    name: Mapped[str] = mapped_column(sa.String(200))
    # Copied to `tenant_counters`, where they are enforced; changed by hand here, they have no effect.
    max_users: Mapped[int]
    max_candidates: Mapped[int]
    max_storage_bytes: Mapped[int] = mapped_column(sa.BigInteger)
    monthly_usd: Mapped[int]  # whole dollars
    features: Mapped[dict[str, Any]] = mapped_column(Json, default=dict)
    for_tenant_id: Mapped[UUID | None] = mapped_column(
        # Tenants refer to their plan, so one of the two keys must be added after both tables.
        sa.ForeignKey(
            "tenants.id", ondelete="CASCADE", use_alter=True, name="fk_subscription_plans_for_tenant_id_tenants"
        ),
        index=True,
    )

    @property
    def is_custom(self) -> bool:
        """Whether the plan belongs to one tenant."""
        return self.for_tenant_id is not None

    @property
    def yearly_usd(self) -> int:
        """The price of a year, with two months free."""
        return self.monthly_usd * MONTHS_OF_A_YEAR_PAID

    def price_usd(self, period: BillingPeriod) -> int:
        """Return the price of one period."""
        return self.yearly_usd if period == BillingPeriod.YEARLY else self.monthly_usd
