"""Plans and subscriptions."""

from __future__ import annotations

from typing import Annotated, Any, ClassVar
from uuid import UUID

from pydantic import AfterValidator, Field, StringConstraints

from app.models.subscription_plan import BillingPeriod, Feature
from app.schemas.common import In, Line, Out, UtcMoment, clean_line
from app.schemas.documented import flags
from app.schemas.lists import ListQuery
from app.schemas.patch import Patch

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
    monthly_usd: Dollars = Field(description="Price per month; a year costs ten times as much", examples=[290])
    features: Features = Field({}, description="Features that you omit are off")


class PlanUpdate(Patch):
    """Fields of a custom plan to change."""

    name: Line | None = None
    max_users: Heads | None = None
    max_candidates: Heads | None = None
    max_storage_bytes: Bytes | None = None
    monthly_usd: Dollars | None = None
    features: Features | None = Field(None, description="Replaces all features; those that you omit are off")


class PlanOut(Out):
    """A subscription plan."""

    id: UUID
    code: str
    name: str
    max_users: int
    max_candidates: int
    max_storage_bytes: int
    monthly_usd: int
    yearly_usd: int
    features: Annotated[dict[str, Any], flags(Feature)]
    is_custom: bool
    version: int


class PlatformPlanOut(PlanOut):
    """A plan as platform administrators see it."""

    for_tenant_id: UUID | None


class SubscriptionOut(Out):
    """A current or past plan of the tenant, with its price at that time."""

    id: UUID
    plan_code: str
    billing_period: BillingPeriod
    price_usd: int = Field(description="Price per billing period")
    started_at: UtcMoment
    ended_at: UtcMoment | None
    actor_kind: str
    actor_id: UUID | None


class SubscriptionQuery(ListQuery):
    """The subscriptions of a tenant."""

    sorts: ClassVar[tuple[str, ...]] = ("started_at",)

    sort: str = Field("-started_at", max_length=60, description="Column to sort by, with - for descending")
