"""The tenant: sign-up, profile, plan and usage."""

from flask import Blueprint

from app.middleware.endpoint.decorator import endpoint
from app.middleware.identity.access import PUBLIC
from app.schemas.common import IfMatch
from app.schemas.lists import Page
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
    """Get the profile of your tenant."""
    return tenant_service.current()


@bp.patch("/tenant")
@endpoint("tenant.update", out=TenantOut)
def update(body: TenantUpdate, if_match: IfMatch):
    """Update the profile of your tenant."""
    return tenant_service.update(body, if_match)


@bp.get("/tenant/settings")
@endpoint("tenant.read", out=TenantSettingsOut)
def settings():
    """Get the settings of your tenant."""
    return tenant_settings_service.get()


@bp.put("/tenant/settings")
@endpoint("tenant.update", out=TenantSettingsOut)
def replace_settings(body: TenantSettings, if_match: IfMatch, principal: Principal):
    """Replace the settings of your tenant.

    Settings that you omit take their default value. API keys cannot call this endpoint, because they have no second
    factor.
    """
    return tenant_settings_service.replace(body, if_match)


@bp.post("/tenant/sandbox")
@endpoint("tenant.sandbox", out=SandboxOut, status=202, idempotency_key="none")
def open_sandbox(principal: Principal):
    """Create a sandbox tenant with synthetic data.

    You sign in to it with the same email address and password.
    """
    return sandbox_service.open_own(principal.user_id)


@bp.get("/tenant/usage")
@endpoint("tenant.read", out=TenantUsageOut)
def usage():
    """Get the plan of your tenant and its usage."""
    return tenant_service.usage()


@bp.get("/plans")
@endpoint("tenant.read", out=Page[PlanOut])
def plans():
    """List the plans available to your tenant: standard plans and its custom plans."""
    return subscription_plan_service.list_offered()


@bp.get("/tenant/subscriptions")
@endpoint("tenant.read", out=Page[SubscriptionOut])
def subscriptions(query: SubscriptionQuery):
    """List the current and past subscriptions of your tenant."""
    return tenant_subscription_service.list_subscriptions(query)
