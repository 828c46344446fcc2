"""Subscriptions: the current and past plans of a tenant, and changes of plan."""

from __future__ import annotations

import sqlalchemy as sa

from app.extensions import db
from app.models import SubscriptionPlan, Tenant, TenantCounter, TenantSubscription
from app.models.subscription_plan import BillingPeriod
from app.schemas.lists import Page
from app.schemas.subscription_plan_schema import SubscriptionQuery
from app.services.access import principal_service
from app.services.core import listing, rows
from app.services.core.transaction import use_case
from app.services.events import event_service
from app.services.settings import subscription_plan_service
from app.utils import clock, scope
from app.utils.errors import Conflict

IS_LIVE = TenantSubscription.ended_at.is_(None)


def list_subscriptions(query: SubscriptionQuery) -> Page[TenantSubscription]:
    """List the subscriptions of the bound tenant, current one first."""
    return listing.paginate(sa.select(TenantSubscription), TenantSubscription, query)


@use_case
def begin(plan: SubscriptionPlan, period: BillingPeriod) -> None:
    """Create the first subscription of a new tenant and its counter with the plan's limits."""
    counter = TenantCounter()
    subscription_plan_service.copy_limits(plan, counter)
    db.session.add(counter)
    _subscribe(plan, period)


@use_case
def change(code: str, period: BillingPeriod = BillingPeriod.MONTHLY) -> None:
    """Change the plan or billing period of the bound tenant.

    Conflict if it has them already or its usage exceeds the plan, NotFound if the plan is not available to it.
    """
    # Lock order: tenant, plan, counter.
    tenant = rows.lock_row(Tenant, scope.tenant_id())
    plan = subscription_plan_service.by_code(code)
    live = db.session.scalars(sa.select(TenantSubscription).where(IS_LIVE)).one()
    if (tenant.plan_id, live.billing_period) == (plan.id, period):
        raise Conflict("The tenant already has this plan.", code="same_plan")
    counter = subscription_plan_service.enforce_usage(plan)
    subscription_plan_service.copy_limits(plan, counter)
    tenant.plan_id = plan.id
    replace_live(plan, period)
    event_service.record("tenant.plan_changed", tenant, plan=code, billing_period=period)
    principal_service.invalidate(tenant)  # the plan's features are cached in principals


def has_live() -> bool:
    """Return whether the bound tenant has a current subscription."""
    return db.session.scalar(sa.select(TenantSubscription.id).where(IS_LIVE)) is not None


@use_case
def replace_live(plan: SubscriptionPlan, period: BillingPeriod) -> None:
    """End the current subscription and start a new one."""
    # Before the insert, because a unique index allows only one current subscription.
    live = sa.update(TenantSubscription).where(IS_LIVE)
    db.session.execute(live.values(ended_at=clock.now()))
    _subscribe(plan, period)


def _subscribe(plan: SubscriptionPlan, period: BillingPeriod) -> None:
    actor = scope.actor()
    db.session.add(
        TenantSubscription(
            plan_code=plan.code,
            billing_period=period,
            price_usd=plan.price_usd(period),  # stays as agreed when the plan's price changes
            started_at=clock.now(),
            actor_kind=actor.kind,
            actor_id=actor.id,
        )
    )
