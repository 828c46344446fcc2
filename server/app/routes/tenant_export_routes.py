"""Exports of all data of a tenant, for its administrators and for platform administrators."""

from uuid import UUID

from flask import Blueprint

from app.middleware.endpoint.decorator import endpoint
from app.middleware.identity.access import PLATFORM
from app.schemas.common import FileLink
from app.schemas.lists import Page
from app.schemas.tenant_export_schema import ExportOut, ExportQuery
from app.services.tenants import tenant_export_service

bp = Blueprint("tenant_exports", __name__, url_prefix="")


@bp.get("/tenant/exports")
@endpoint("tenant.export", out=Page[ExportOut])
def list_exports(query: ExportQuery):
    """List the exports of your tenant."""
    return tenant_export_service.list_exports(query)


@bp.post("/tenant/exports")
@endpoint("tenant.export", out=ExportOut, status=202)
def ask():
    """Export all data of your tenant as an archive.

    The archive is built in the background and stored for a week. If an export is in progress, it is returned instead.
    """
    return tenant_export_service.ask()


@bp.get("/tenant/exports/<uuid:export_id>")
@endpoint("tenant.export", out=ExportOut)
def get(export_id: UUID):
    """Get an export with its progress."""
    return tenant_export_service.get(export_id)


@bp.get("/tenant/exports/<uuid:export_id>/link")
@endpoint("tenant.export", out=FileLink)
def link(export_id: UUID):
    """Get a signed URL of the archive, valid for five minutes."""
    return tenant_export_service.link(export_id)


@bp.get("/platform/tenants/<uuid:tenant_id>/exports")
@endpoint(PLATFORM, out=Page[ExportOut])
def list_of_tenant(query: ExportQuery):
    """List the exports of a tenant."""
    return tenant_export_service.list_exports(query)


@bp.post("/platform/tenants/<uuid:tenant_id>/exports")
@endpoint(PLATFORM, out=ExportOut, status=202)
def ask_for_tenant():
    """Export all data of a tenant as an archive.

    The export is recorded in the tenant's audit trail.
    """
    return tenant_export_service.ask()


@bp.get("/platform/tenants/<uuid:tenant_id>/exports/<uuid:export_id>/link")
@endpoint(PLATFORM, out=FileLink)
def link_for_tenant(export_id: UUID):
    """Get a signed URL of an archive of a tenant, valid for five minutes."""
    return tenant_export_service.link(export_id)
