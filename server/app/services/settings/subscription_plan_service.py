"""Subscription plans: standard plans, and custom plans of a single tenant."""

from __future__ import annotations

from typing import Any
from uuid import UUID

import sqlalchemy as sa

from app.extensions import db
from app.models import SubscriptionPlan, Tenant, TenantCounter
from app.schemas.lists import Page
from app.schemas.subscription_plan_schema import PlanCreate, PlanUpdate
from app.services.access import principal_service
from app.services.core import listing, rows
from app.services.core.transaction import use_case
from app.services.events import platform_event_service
from app.services.events.event_service import LIMITED
from app.utils import scope
from app.utils.errors import Conflict, NotFound


def list_offered() -> Page[SubscriptionPlan]:
    """List the plans available to the bound tenant, cheapest first."""
    return _list(_offered())


def list_all() -> Page[SubscriptionPlan]:
    """List all plans, including the custom plans of all tenants; for the platform."""
    return _list(sa.true())


def by_code(code: str) -> SubscriptionPlan:
    """Lock and return the plan with this code, so that its limits cannot change meanwhile.

    NotFound if it is not available to the bound tenant.
    """
    named = sa.select(SubscriptionPlan).where(SubscriptionPlan.code == code, _offered())
    # FOR SHARE: tenants that subscribe to the same plan do not wait for each other.
    plan = db.session.scalars(named.with_for_update(read=True)).one_or_none()
    if plan is None:
        raise NotFound("There is no such plan.")
    return plan


def is_taken(code: str) -> bool:
    """Return whether any plan has this code, including plans that are not available to the bound tenant."""
    taken = sa.select(SubscriptionPlan.id).where(SubscriptionPlan.code == code)
    with scope.platform("codes of plans are unique in the installation"):
        return db.session.scalar(taken) is not None


@use_case
def create_custom(new: PlanCreate) -> SubscriptionPlan:
    """Create a plan for the bound tenant only; Conflict if the current usage exceeds its limits."""
    tenant = rows.get(Tenant, scope.tenant_id())
    plan = SubscriptionPlan(**new.model_dump(mode="json"), for_tenant_id=tenant.id)
    enforce_usage(plan)
    db.session.add(plan)
    db.session.flush()  # the event needs the id
    platform_event_service.record_in_both("subscription_plan.created", plan, code=plan.code)
    return plan


@use_case
def update_custom(plan_id: UUID, changes: PlanUpdate, if_match: int | None) -> SubscriptionPlan:
    """Change a custom plan: limits and features apply immediately, the price from the next subscription on.

    Conflict if the current usage exceeds the new limits.
    """
    plan = _lock_custom(plan_id, if_match)
    values = changes.model_dump(mode="json", exclude_unset=True)
    changed = rows.apply_changes(plan, values)
    counter = enforce_usage(plan)
    # Read under the plan's lock: a change to this plan has been committed, or waits and then copies the new limits.
    tenant = rows.get(Tenant, scope.tenant_id())
    if tenant.plan_id == plan.id:
        copy_limits(plan, counter)
        principal_service.invalidate(tenant)  # its features are cached in principals
    platform_event_service.record_in_both("subscription_plan.updated", plan, code=plan.code, changed=changed)
    return plan


@use_case
def delete_custom(plan_id: UUID) -> None:
    """Delete a custom plan; Conflict if the tenant uses it."""
    # The tenant before the plan, as in `tenant_subscription_service.change`.
    tenant = rows.lock_row(Tenant, scope.tenant_id())
    plan = _lock_custom(plan_id)
    if tenant.plan_id == plan.id:
        raise Conflict("The tenant uses this plan. Change its plan first.", code="plan_in_use")
    platform_event_service.record_in_both("subscription_plan.deleted", plan, code=plan.code)
    db.session.delete(plan)


def enforce_usage(plan: SubscriptionPlan) -> TenantCounter:
    """Lock and return the counter of the bound tenant; Conflict if its usage exceeds the plan."""
    # Read again even if loaded, because counters are written past the ORM.
    locked = sa.select(TenantCounter).with_for_update().execution_options(populate_existing=True)
    counter = db.session.scalars(locked).one()
    beyond = [name for name in LIMITED if getattr(counter, name) > getattr(plan, f"max_{name}")]
    if beyond:
        raise Conflict(
            f"Current usage exceeds the plan: {', '.join(beyond)}.", code="use_exceeds_plan", resources=beyond
        )
    return counter


def copy_limits(plan: SubscriptionPlan, counter: TenantCounter) -> None:
    """Copy the plan's limits to the counter, whose lock covers usage and limits (decision 0009)."""
    for name in LIMITED:
        setattr(counter, f"max_{name}", getattr(plan, f"max_{name}"))


def _list(condition: Any) -> Page[SubscriptionPlan]:
    plans = sa.select(SubscriptionPlan).where(condition)
    return listing.single_page(db.session.scalars(plans.order_by(SubscriptionPlan.monthly_usd, SubscriptionPlan.code)))


def _offered() -> Any:
    own = SubscriptionPlan.for_tenant_id == scope.tenant_id()
    return SubscriptionPlan.for_tenant_id.is_(None) | own


def _lock_custom(plan_id: UUID, if_match: int | None = None) -> SubscriptionPlan:
    # Without a lock: standard plans are shared by all tenants and refused before any is taken.
    found = sa.select(SubscriptionPlan.for_tenant_id).where(SubscriptionPlan.id == plan_id, _offered())
    owner = db.session.execute(found).one_or_none()
    if owner is None:
        raise NotFound("There is no such subscription plan.")
    if owner.for_tenant_id is None:
        raise Conflict("Standard plans cannot be changed or deleted.", code="standard_plan")
    return rows.lock_for_update(SubscriptionPlan, plan_id, if_match)
