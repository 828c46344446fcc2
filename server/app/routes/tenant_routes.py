"""The tenant: sign-up, profile, plan and use."""

from flask import Blueprint

from app.middleware.access import PUBLIC
from app.middleware.endpoint import endpoint
from app.schemas.common import IfMatch, Page
from app.schemas.subscription_plan_schema import PlanOut, SubscriptionOut, SubscriptionQuery
from app.schemas.tenant_schema import SignupOut, TenantOut, TenantSignup, TenantUpdate, TenantUsageOut
from app.services import subscription_plan_service, tenant_service, tenant_subscription_service

bp = Blueprint("tenants", __name__, url_prefix="")


@bp.post("/tenants/signup")
@endpoint(PUBLIC, out=SignupOut, status=201, limit="signup")
def sign_up(body: TenantSignup):
    """Create a tenant with its first administrator on the free plan."""
    return tenant_service.sign_up(body)


@bp.get("/tenant")
@endpoint("tenant.read", out=TenantOut)
def get():
    """The profile of one's own tenant."""
    return tenant_service.current()


@bp.patch("/tenant")
@endpoint("tenant.update", out=TenantOut)
def update(body: TenantUpdate, if_match: IfMatch):
    """Change the profile of one's own tenant."""
    return tenant_service.update(body, if_match)


@bp.get("/tenant/usage")
@endpoint("tenant.read", out=TenantUsageOut)
def usage():
    """The plan and what is used of it."""
    return tenant_service.usage()


@bp.get("/plans")
@endpoint("tenant.read", out=Page[PlanOut])
def plans():
    """The plans on offer: the standard ones and the tenant's own."""
    return subscription_plan_service.list_offered()


@bp.get("/tenant/subscriptions")
@endpoint("tenant.read", out=Page[SubscriptionOut])
def subscriptions(query: SubscriptionQuery):
    """Which plan the tenant has and had, and at which price."""
    return tenant_subscription_service.list_subscriptions(query)
