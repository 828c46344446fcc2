"""Plans and subscriptions, as platform administrators run them; a custom plan belongs to the tenant of its path."""

from uuid import UUID

from flask import Blueprint

from app.middleware.endpoint.decorator import endpoint
from app.middleware.identity.access import PLATFORM
from app.schemas.common import IfMatch, Page
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
    """Every plan, also the custom ones."""
    return subscription_plan_service.list_all()


@bp.get("/tenants/<uuid:tenant_id>/plans")
@endpoint(PLATFORM, out=Page[PlanOut])
def list_offered():
    """The plans that this tenant may have."""
    return subscription_plan_service.list_offered()


@bp.post("/tenants/<uuid:tenant_id>/plans")
@endpoint(PLATFORM, out=PlanOut, status=201)
def create(body: PlanCreate):
    """Add a plan for this tenant alone, not below its present use."""
    return subscription_plan_service.create_custom(body)


@bp.patch("/tenants/<uuid:tenant_id>/plans/<uuid:plan_id>")
@endpoint(PLATFORM, out=PlanOut)
def update(plan_id: UUID, body: PlanUpdate, if_match: IfMatch):
    """Change a custom plan: limits and features count at once, the price from the next subscription on."""
    return subscription_plan_service.update_custom(plan_id, body, if_match)


@bp.delete("/tenants/<uuid:tenant_id>/plans/<uuid:plan_id>")
@endpoint(PLATFORM, status=204)
def delete(plan_id: UUID):
    """Delete a custom plan that its tenant does not have."""
    subscription_plan_service.delete_custom(plan_id)


@bp.get("/tenants/<uuid:tenant_id>/subscriptions")
@endpoint(PLATFORM, out=Page[SubscriptionOut])
def subscriptions(query: SubscriptionQuery):
    """Which plan this tenant has and had, and at which price."""
    return tenant_subscription_service.list_subscriptions(query)


@bp.get("/tenants/<uuid:tenant_id>/usage")
@endpoint(PLATFORM, out=TenantUsageOut)
def usage():
    """What this tenant uses of its plan."""
    return tenant_service.usage()
