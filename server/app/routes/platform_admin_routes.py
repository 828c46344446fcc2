"""Platform administrators and their actions."""

from uuid import UUID

from flask import Blueprint

from app.middleware.endpoint.decorator import endpoint
from app.middleware.identity.access import PLATFORM
from app.schemas.common import IfMatch
from app.schemas.lists import Page
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
    """Update the name or status of a platform administrator.

    Suspending an administrator ends all their sessions immediately.
    """
    return platform_admin_service.update(admin_id, body, if_match)


@bp.delete("/admins/<uuid:admin_id>/totp")
@endpoint(PLATFORM, status=204)
def reset_second_factor(admin_id: UUID):
    """Reset the second factor of an administrator who lost it.

    All sessions of the administrator end.
    """
    platform_admin_service.reset_second_factor(admin_id)


@bp.get("/events")
@endpoint(PLATFORM, out=Page[PlatformEventOut])
def list_events(query: PlatformEventQuery):
    """List the actions of platform administrators and operators.

    Actions on deleted tenants are included.
    """
    return platform_event_service.list_events(query)
