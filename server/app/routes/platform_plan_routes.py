"""Plans and subscriptions for platform administrators; a custom plan belongs to the tenant in its path."""

from uuid import UUID

from flask import Blueprint

from app.middleware.endpoint.decorator import endpoint
from app.middleware.identity.access import PLATFORM
from app.schemas.common import IfMatch
from app.schemas.lists import Page
from app.schemas.subscription_plan_schema import (
    PlanCreate,
    PlanOut,
    PlanUpdate,
    PlatformPlanOut,
    SubscriptionOut,
    SubscriptionQuery,
)
from app.schemas.tenant_schema import TenantUsageOut
from app.services.settings import subscription_plan_service, tenant_subscription_service
from app.services.tenants import tenant_service

bp = Blueprint("platform_plans", __name__, url_prefix="/platform")


@bp.get("/plans")
@endpoint(PLATFORM, out=Page[PlatformPlanOut])
def list_all():
    """List all plans, including custom plans."""
    return subscription_plan_service.list_all()


@bp.get("/tenants/<uuid:tenant_id>/plans")
@endpoint(PLATFORM, out=Page[PlanOut])
def list_offered():
    """List the plans available to a tenant."""
    return subscription_plan_service.list_offered()


@bp.post("/tenants/<uuid:tenant_id>/plans")
@endpoint(PLATFORM, out=PlanOut, status=201)
def create(body: PlanCreate):
    """Add a custom plan for a tenant.

    Its limits must not be below the tenant's current usage.
    """
    return subscription_plan_service.create_custom(body)


@bp.patch("/tenants/<uuid:tenant_id>/plans/<uuid:plan_id>")
@endpoint(PLATFORM, out=PlanOut)
def update(plan_id: UUID, body: PlanUpdate, if_match: IfMatch):
    """Update a custom plan.

    Limits and features apply immediately, the price from the next subscription on.
    """
    return subscription_plan_service.update_custom(plan_id, body, if_match)


@bp.delete("/tenants/<uuid:tenant_id>/plans/<uuid:plan_id>")
@endpoint(PLATFORM, status=204)
def delete(plan_id: UUID):
    """Delete a custom plan that is not in use."""
    subscription_plan_service.delete_custom(plan_id)


@bp.get("/tenants/<uuid:tenant_id>/subscriptions")
@endpoint(PLATFORM, out=Page[SubscriptionOut])
def subscriptions(query: SubscriptionQuery):
    """List the current and past subscriptions of a tenant."""
    return tenant_subscription_service.list_subscriptions(query)


@bp.get("/tenants/<uuid:tenant_id>/usage")
@endpoint(PLATFORM, out=TenantUsageOut)
def usage():
    """Get the plan usage of a tenant."""
    return tenant_service.usage()
