"""Tenants as platform administrators see them."""

from __future__ import annotations

from typing import Annotated, ClassVar

from pydantic import AfterValidator, Field, StringConstraints, WithJsonSchema

from app.models.subscription_plan import BillingPeriod
from app.models.tenant import TENANT_MACHINE, TenantStatus
from app.schemas.common import In, Line, UtcMoment, clean_line
from app.schemas.documented import choice_of
from app.schemas.lists import ListQuery
from app.schemas.subscription_plan_schema import PlanCode
from app.schemas.tenant_schema import Slug, TenantNew, TenantOut

LongReason = Annotated[
    str,
    StringConstraints(strip_whitespace=True, min_length=10, max_length=500, strict=True),
    AfterValidator(clean_line),
]


class TenantCreate(TenantNew):
    """A new tenant on any plan. Its first administrator is invited by email."""

    plan: PlanCode = Field("FREE", examples=["STARTER"])
    billing_period: BillingPeriod = BillingPeriod.MONTHLY
    is_sandbox: bool = Field(False, strict=True, description="Fill the tenant with synthetic data")


class TenantAction(In):
    """The reason for an action. It is required to suspend a tenant."""

    reason: LongReason | None = Field(None, examples=["The invoice of August is still open."])


class TenantPlan(In):
    """The new plan."""

    plan: PlanCode = Field(examples=["PROFESSIONAL"])
    billing_period: BillingPeriod = BillingPeriod.MONTHLY


class TenantDeletion(In):
    """The reason, and the slug of the tenant to confirm the deletion."""

    slug: Slug = Field(examples=["harbour"])
    reason: LongReason = Field(examples=["The customer has ended the contract."])


class PlatformTenantQuery(ListQuery):
    """Filters for listing tenants."""

    sorts: ClassVar[tuple[str, ...]] = ("created_at", "name", "slug")

    q: Line | None = Field(None, description="Part of the name or slug")
    status: TenantStatus | None = None
    plan: PlanCode | None = None


class PlatformTenantOut(TenantOut):
    """A tenant with its usage and allowed actions."""

    status_reason: str | None
    delete_after: UtcMoment | None = Field(description="When its data is deleted, unless you cancel the deletion")
    users: int
    candidates: int
    storage_bytes: int
    jobs: int
    allowed_actions: Annotated[
        list[str], WithJsonSchema({"type": "array", "items": choice_of(*TENANT_MACHINE.actions)})
    ]
