"""Roles of the tenant."""

from uuid import UUID

from flask import Blueprint

from app.middleware.endpoint import endpoint
from app.schemas.common import Page
from app.schemas.role_schema import RoleOut
from app.services import role_service

bp = Blueprint("roles", __name__, url_prefix="/roles")


@bp.get("")
@endpoint("roles.read", out=Page[RoleOut])
def list_roles():
    """All roles, the highest first."""
    return role_service.list_all()


@bp.get("/<uuid:role_id>")
@endpoint("roles.read", out=RoleOut)
def get(role_id: UUID):
    """One role with its permissions."""
    return role_service.get(role_id)
