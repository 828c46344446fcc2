"""Roles of the tenant."""

from uuid import UUID

from flask import Blueprint

from app.middleware.endpoint.decorator import endpoint
from app.schemas.common import IfMatch
from app.schemas.lists import Page
from app.schemas.role_schema import RoleCreate, RoleOut, RoleUpdate
from app.services.access import role_service

bp = Blueprint("roles", __name__, url_prefix="/roles")


@bp.get("")
@endpoint("roles.read", out=Page[RoleOut])
def list_roles():
    """List all roles, highest first."""
    return role_service.list_all()


@bp.post("")
@endpoint("roles.create", out=RoleOut, status=201)
def create(body: RoleCreate):
    """Add a custom role."""
    return role_service.create(body)


@bp.get("/<uuid:role_id>")
@endpoint("roles.read", out=RoleOut)
def get(role_id: UUID):
    """Get a role with its permissions."""
    return role_service.get(role_id)


@bp.patch("/<uuid:role_id>")
@endpoint("roles.update", out=RoleOut)
def update(role_id: UUID, body: RoleUpdate, if_match: IfMatch):
    """Update a custom role.

    Changes apply from the next request on.
    """
    return role_service.update(role_id, body, if_match)


@bp.delete("/<uuid:role_id>")
@endpoint("roles.delete", status=204)
def delete(role_id: UUID):
    """Delete a custom role that is not assigned to any user."""
    role_service.delete(role_id)
