"""Platform administrators and what was done by them."""

from uuid import UUID

from flask import Blueprint

from app.middleware.endpoint.decorator import endpoint
from app.middleware.identity.access import PLATFORM
from app.schemas.common import IfMatch, Page
from app.schemas.platform_schema import (
    PlatformAdminCreate,
    PlatformAdminOut,
    PlatformAdminQuery,
    PlatformAdminUpdate,
    PlatformEventOut,
    PlatformEventQuery,
)
from app.services.events import platform_event_service
from app.services.platform import platform_admin_service

bp = Blueprint("platform_admins", __name__, url_prefix="/platform")


@bp.get("/admins")
@endpoint(PLATFORM, out=Page[PlatformAdminOut])
def list_admins(query: PlatformAdminQuery):
    """List platform administrators."""
    return platform_admin_service.list_admins(query)


@bp.post("/admins")
@endpoint(PLATFORM, out=PlatformAdminOut, status=201)
def create(body: PlatformAdminCreate):
    """Add a platform administrator."""
    return platform_admin_service.create(body)


@bp.patch("/admins/<uuid:admin_id>")
@endpoint(PLATFORM, out=PlatformAdminOut)
def update(admin_id: UUID, body: PlatformAdminUpdate, if_match: IfMatch):
    """Change name or status; whoever is suspended is out at once."""
    return platform_admin_service.update(admin_id, body, if_match)


@bp.delete("/admins/<uuid:admin_id>/totp")
@endpoint(PLATFORM, status=204)
def reset_second_factor(admin_id: UUID):
    """Take the second factor from an administrator who lost it; every session of theirs ends."""
    platform_admin_service.reset_second_factor(admin_id)


@bp.get("/events")
@endpoint(PLATFORM, out=Page[PlatformEventOut])
def list_events(query: PlatformEventQuery):
    """What platform administrators and operators did, also to tenants that are gone."""
    return platform_event_service.list_events(query)
