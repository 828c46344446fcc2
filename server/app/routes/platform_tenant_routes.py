"""Tenants for platform administrators; only the tenant in the path is bound."""

from flask import Blueprint

from app.middleware.endpoint.decorator import endpoint
from app.middleware.identity.access import PLATFORM
from app.schemas.common import IfMatch
from app.schemas.lists import Page
from app.schemas.platform_tenant_schema import (
    PlatformTenantOut,
    PlatformTenantQuery,
    TenantAction,
    TenantCreate,
    TenantDeletion,
    TenantPlan,
)
from app.services.platform import platform_tenant_service

bp = Blueprint("platform_tenants", __name__, url_prefix="/platform/tenants")


@bp.get("")
@endpoint(PLATFORM, out=Page[PlatformTenantOut])
def list_tenants(query: PlatformTenantQuery):
    """List and search tenants."""
    return platform_tenant_service.list_tenants(query)


@bp.post("")
@endpoint(PLATFORM, out=PlatformTenantOut, status=201)
def create(body: TenantCreate):
    """Create a tenant.

    Its first administrator is invited by email.
    """
    return platform_tenant_service.create(body)


@bp.get("/<uuid:tenant_id>")
@endpoint(PLATFORM, out=PlatformTenantOut)
def get():
    """Get a tenant with its usage."""
    return platform_tenant_service.get()


@bp.post("/<uuid:tenant_id>/<words(suspend, reactivate, deactivate):action>")
@endpoint(PLATFORM, out=PlatformTenantOut)
def act(action: str, body: TenantAction, if_match: IfMatch):
    """Suspend, deactivate or reactivate a tenant.

    A suspension requires a reason. Unless a tenant is active, its users cannot sign in.
    """
    return platform_tenant_service.act(action, body, if_match)


@bp.put("/<uuid:tenant_id>/plan")
@endpoint(PLATFORM, out=PlatformTenantOut)
def set_plan(body: TenantPlan):
    """Change the plan or billing period of a tenant.

    This is refused if the tenant's usage exceeds the new plan.
    """
    return platform_tenant_service.set_plan(body)


@bp.post("/<uuid:tenant_id>/deletion")
@endpoint(PLATFORM, out=PlatformTenantOut, status=202)
def schedule_deletion(body: TenantDeletion):
    """Deactivate a tenant now and delete all its data in 30 days."""
    return platform_tenant_service.schedule_deletion(body)


@bp.delete("/<uuid:tenant_id>/deletion")
@endpoint(PLATFORM, out=PlatformTenantOut)
def cancel_deletion():
    """Cancel the scheduled deletion of a tenant.

    The tenant stays inactive until it is reactivated.
    """
    return platform_tenant_service.cancel_deletion()
