"""Tenant branding: set by administrators, shown to visitors and in emails."""

from flask import Blueprint

from app.middleware.endpoint.decorator import endpoint
from app.middleware.endpoint.files import send_picture
from app.middleware.identity.access import PUBLIC
from app.schemas.tenant_schema import BrandingOut, BrandingUpdate
from app.services.settings import tenant_branding_service
from app.utils.file_store import Upload

bp = Blueprint("tenant_branding", __name__, url_prefix="")

BRANDING = "custom_branding"


@bp.get("/tenant/branding")
@endpoint("tenant.read", out=BrandingOut)
def get():
    """Get the branding of your tenant."""
    return tenant_branding_service.get()


@bp.put("/tenant/branding")
@endpoint("tenant.update", out=BrandingOut, feature=BRANDING)
def update(body: BrandingUpdate):
    """Set or remove the brand color of your tenant."""
    return tenant_branding_service.update(body)


@bp.post("/tenant/branding/logo")
@endpoint("tenant.update", out=BrandingOut, feature=BRANDING)
def set_logo(file: Upload):
    """Set the logo of your tenant.

    The file must be a PNG or JPEG of at most 512 KB.
    """
    return tenant_branding_service.set_logo(file)


@bp.delete("/tenant/branding/logo")
@endpoint("tenant.update", status=204)
def delete_logo():
    """Remove the logo of your tenant."""
    tenant_branding_service.delete_logo()


@bp.get("/tenants/<string:slug>/branding")
@endpoint(PUBLIC, out=BrandingOut, limit="public")
def of_slug(slug: str):
    """Get the branding of a tenant with custom branding, for its sign-in page."""
    return tenant_branding_service.of_slug(slug)


@bp.get("/tenants/<string:slug>/logos/<string:name>")
@endpoint(PUBLIC, out=bytes, limit="public")
def logo(slug: str, name: str):
    """Get the logo of a tenant with custom branding."""
    return send_picture(tenant_branding_service.logo_of_slug(slug, name))
