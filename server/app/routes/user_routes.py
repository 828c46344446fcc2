"""Users of the tenant."""

from uuid import UUID

from flask import Blueprint

from app.middleware.endpoint import endpoint
from app.schemas.common import IfMatch, Page
from app.schemas.role_schema import UserRoles
from app.schemas.user_schema import UserCreate, UserOut, UserQuery, UserUpdate
from app.services import user_service

bp = Blueprint("users", __name__, url_prefix="/users")


@bp.get("")
@endpoint("users.read", out=Page[UserOut])
def list_users(query: UserQuery):
    """List users."""
    return user_service.list_users(query)


@bp.post("")
@endpoint("users.create", out=UserOut, status=201)
def create(body: UserCreate):
    """Add a user."""
    return user_service.create(body)


@bp.get("/<uuid:user_id>")
@endpoint("users.read", out=UserOut)
def get(user_id: UUID):
    """One user."""
    return user_service.get(user_id)


@bp.patch("/<uuid:user_id>")
@endpoint("users.update", out=UserOut)
def update(user_id: UUID, body: UserUpdate, if_match: IfMatch):
    """Change name, role, manager or status; a suspended user is out at once."""
    return user_service.update(user_id, body, if_match)


@bp.put("/<uuid:user_id>/roles")
@endpoint("users.update", out=UserOut)
def set_roles(user_id: UUID, body: UserRoles, if_match: IfMatch):
    """Say which custom roles the user has besides the system role."""
    return user_service.set_roles(user_id, body.role_ids, if_match)


@bp.delete("/<uuid:user_id>")
@endpoint("users.delete", status=204)
def delete(user_id: UUID):
    """Remove a user."""
    user_service.delete(user_id)
