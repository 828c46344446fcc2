"""Users of the tenant."""

from uuid import UUID

from flask import Blueprint

from app.middleware.endpoint.decorator import endpoint
from app.schemas.common import IfMatch, Page
from app.schemas.role_schema import UserRoles
from app.schemas.user_schema import Reassigned, UserCreate, UserOut, UserQuery, UserReassign, UserUpdate
from app.services.accounts import account_service
from app.services.users import user_service

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


@bp.post("/<uuid:user_id>/invitation")
@endpoint("users.create", status=202)
def invite(user_id: UUID):
    """Mail the invitation again; the link of the one before is no longer good."""
    account_service.invite(user_id)


@bp.post("/<uuid:user_id>/reassignment")
@endpoint("users.update", out=Reassigned)
def reassign(user_id: UUID, body: UserReassign):
    """Hand over what the user owns, and whom they manage."""
    return user_service.reassign(user_id, body.to_user_id)


@bp.delete("/<uuid:user_id>/sessions")
@endpoint("users.update", status=204)
def end_sessions(user_id: UUID):
    """Sign the user out everywhere."""
    user_service.end_sessions(user_id)


@bp.delete("/<uuid:user_id>/totp")
@endpoint("users.update", status=204)
def reset_second_factor(user_id: UUID):
    """Take the second factor from a user who lost it; every session of theirs ends."""
    user_service.reset_second_factor(user_id)


@bp.delete("/<uuid:user_id>")
@endpoint("users.delete", status=204)
def delete(user_id: UUID):
    """Remove a user."""
    user_service.delete(user_id)
