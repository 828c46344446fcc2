"""Tenants, as platform administrators run them; the path's tenant is bound, and no other."""

from flask import Blueprint

from app.middleware.endpoint.decorator import endpoint
from app.middleware.identity.access import PLATFORM
from app.schemas.common import IfMatch, Page
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
    """Add a tenant; its first administrator is invited by mail."""
    return platform_tenant_service.create(body)


@bp.get("/<uuid:tenant_id>")
@endpoint(PLATFORM, out=PlatformTenantOut)
def get():
    """One tenant with its use."""
    return platform_tenant_service.get()


@bp.post("/<uuid:tenant_id>/<any(suspend, reactivate, deactivate):action>")
@endpoint(PLATFORM, out=PlatformTenantOut)
def act(action: str, body: TenantAction, if_match: IfMatch):
    """Suspend (with a reason), deactivate or reactivate; unless a tenant is active, nobody of it gets in."""
    return platform_tenant_service.act(action, body, if_match)


@bp.put("/<uuid:tenant_id>/plan")
@endpoint(PLATFORM, out=PlatformTenantOut)
def set_plan(body: TenantPlan):
    """Give a tenant another plan or period; refused where its use exceeds it."""
    return platform_tenant_service.set_plan(body)


@bp.post("/<uuid:tenant_id>/deletion")
@endpoint(PLATFORM, out=PlatformTenantOut, status=202)
def schedule_deletion(body: TenantDeletion):
    """Shut a tenant now and delete everything of it in 30 days."""
    return platform_tenant_service.schedule_deletion(body)


@bp.delete("/<uuid:tenant_id>/deletion")
@endpoint(PLATFORM, out=PlatformTenantOut)
def cancel_deletion():
    """Take a deletion back; the tenant stays inactive until it is reactivated."""
    return platform_tenant_service.cancel_deletion()
