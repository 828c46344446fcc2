"""Plans and subscriptions."""

from __future__ import annotations

from typing import Annotated, Any, ClassVar
from uuid import UUID

from pydantic import AfterValidator, Field, StringConstraints

from app.models.subscription_plan import BillingPeriod, Feature
from app.schemas.common import In, Line, ListQuery, Out, UtcMoment, clean_line

PlanCode = Annotated[str, StringConstraints(pattern=r"^[A-Z][A-Z0-9_]{0,39}$", strict=True), AfterValidator(clean_line)]
Features = dict[Feature, bool]
Heads = Annotated[int, Field(strict=True, ge=1, le=1_000_000)]
Bytes = Annotated[int, Field(strict=True, ge=0, le=1 << 60)]
Dollars = Annotated[int, Field(strict=True, ge=0, le=10_000_000)]


class PlanCreate(In):
    """A custom plan for one tenant."""

    code: PlanCode = Field(examples=["HARBOUR_2027"])
    name: Line = Field(examples=["Harbour, three years"])
    max_users: Heads = Field(examples=[60])
    max_candidates: Heads = Field(examples=[20_000])
    max_storage_bytes: Bytes = Field(examples=[200 * 1024**3])
    monthly_usd: Dollars = Field(description="A year costs ten times as much", examples=[290])
    features: Features = Field({}, description="What is left out is off")


class PlanUpdate(In):
    """What to change of a custom plan."""

    name: Line | None = None
    max_users: Heads | None = None
    max_candidates: Heads | None = None
    max_storage_bytes: Bytes | None = None
    monthly_usd: Dollars | None = None
    features: Features | None = Field(None, description="All of them; what is left out is off")


class PlanOut(Out):
    """A plan that a tenant may have."""

    id: UUID
    code: str
    name: str
    max_users: int
    max_candidates: int
    max_storage_bytes: int
    monthly_usd: int
    yearly_usd: int
    features: dict[str, Any]
    is_custom: bool
    version: int


class PlatformPlanOut(PlanOut):
    """A plan as the platform sees it."""

    for_tenant_id: UUID | None


class SubscriptionOut(Out):
    """A plan that the tenant has or had, at the price of that time."""

    id: UUID
    plan_code: str
    billing_period: BillingPeriod
    price_usd: int = Field(description="For one period")
    started_at: UtcMoment
    ended_at: UtcMoment | None
    actor_kind: str
    actor_id: UUID | None


class SubscriptionQuery(ListQuery):
    """The subscriptions of a tenant."""

    sorts: ClassVar[tuple[str, ...]] = ("started_at",)

    sort: str = Field("-started_at", max_length=60, description="Column to sort by, with - for descending")
