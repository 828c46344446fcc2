"""The tenant: sign-up, profile, plan and use."""

from flask import Blueprint

from app.middleware.endpoint.decorator import endpoint
from app.middleware.identity.access import PUBLIC
from app.schemas.common import IfMatch, Page
from app.schemas.subscription_plan_schema import PlanOut, SubscriptionOut, SubscriptionQuery
from app.schemas.tenant_schema import SandboxOut, SignupOut, TenantOut, TenantSignup, TenantUpdate, TenantUsageOut
from app.schemas.tenant_settings_schema import TenantSettings, TenantSettingsOut
from app.services.access.principal_service import Principal
from app.services.platform import sandbox_service
from app.services.settings import subscription_plan_service, tenant_settings_service, tenant_subscription_service
from app.services.tenants import tenant_service

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


@bp.get("/tenant/settings")
@endpoint("tenant.read", out=TenantSettingsOut)
def settings():
    """What the tenant has settled for itself."""
    return tenant_settings_service.get()


@bp.put("/tenant/settings")
@endpoint("tenant.update", out=TenantSettingsOut)
def replace_settings(body: TenantSettings, if_match: IfMatch, principal: Principal):
    """Settle everything anew; what is left out takes its usual value. People only: a key has no second factor."""
    return tenant_settings_service.replace(body, if_match)


@bp.post("/tenant/sandbox")
@endpoint("tenant.sandbox", out=SandboxOut, status=202, idempotency_key="none")
def open_sandbox(principal: Principal):
    """Open a sandbox: a tenant of its own, filled with synthetic data, with the same sign-in."""
    return sandbox_service.open_own(principal.user_id)


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
