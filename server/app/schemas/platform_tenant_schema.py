"""Tenants as platform administrators see them."""

from __future__ import annotations

from typing import Annotated, ClassVar

from pydantic import AfterValidator, Field, StringConstraints

from app.models.subscription_plan import BillingPeriod
from app.models.tenant import TenantStatus
from app.schemas.common import In, Line, ListQuery, UtcMoment, clean_line
from app.schemas.subscription_plan_schema import PlanCode
from app.schemas.tenant_schema import Slug, TenantNew, TenantOut

LongReason = Annotated[
    str,
    StringConstraints(strip_whitespace=True, min_length=10, max_length=500, strict=True),
    AfterValidator(clean_line),
]


class TenantCreate(TenantNew):
    """A new tenant on any plan; its first administrator is invited by mail."""

    plan: PlanCode = Field("FREE", examples=["STARTER"])
    billing_period: BillingPeriod = BillingPeriod.MONTHLY
    is_sandbox: bool = Field(False, strict=True, description="Fill it with synthetic data")


class TenantAction(In):
    """Why; a suspension needs it."""

    reason: LongReason | None = Field(None, examples=["The invoice of August is still open."])


class TenantPlan(In):
    """The plan to come."""

    plan: PlanCode = Field(examples=["PROFESSIONAL"])
    billing_period: BillingPeriod = BillingPeriod.MONTHLY


class TenantDeletion(In):
    """Why, and the tenant's slug once more, so that nobody deletes the wrong one."""

    slug: Slug = Field(examples=["harbour"])
    reason: LongReason = Field(examples=["The customer has ended the contract."])


class PlatformTenantQuery(ListQuery):
    """Filters of the tenants."""

    sorts: ClassVar[tuple[str, ...]] = ("created_at", "name", "slug")

    q: Line | None = Field(None, description="Part of the name or of the slug")
    status: TenantStatus | None = None
    plan: PlanCode | None = None


class PlatformTenantOut(TenantOut):
    """A tenant, its use, and what may be done with it."""

    status_reason: str | None
    delete_after: UtcMoment | None = Field(description="When everything of it goes, unless that is taken back")
    users: int
    candidates: int
    storage_bytes: int
    jobs: int
    allowed_actions: list[str]
