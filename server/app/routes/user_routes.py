"""Users of the tenant."""

from uuid import UUID

from flask import Blueprint

from app.middleware.endpoint.decorator import endpoint
from app.schemas.common import IfMatch
from app.schemas.lists import Page
from app.schemas.role_schema import UserRoles
from app.schemas.user_schema import Reassigned, UserCreate, UserOut, UserQuery, UserReassign, UserTree, UserUpdate
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


@bp.get("/tree")
@endpoint("users.read", out=UserTree)
def tree():
    """Get the hierarchy of users: who manages whom."""
    return user_service.tree()


@bp.get("/<uuid:user_id>")
@endpoint("users.read", out=UserOut)
def get(user_id: UUID):
    """Get a user."""
    return user_service.get(user_id)


@bp.patch("/<uuid:user_id>")
@endpoint("users.update", out=UserOut)
def update(user_id: UUID, body: UserUpdate, if_match: IfMatch):
    """Update the name, role, manager or status of a user.

    Suspending a user ends their sessions immediately.
    """
    return user_service.update(user_id, body, if_match)


@bp.put("/<uuid:user_id>/roles")
@endpoint("users.update", out=UserOut)
def set_roles(user_id: UUID, body: UserRoles, if_match: IfMatch):
    """Set the custom roles of a user."""
    return user_service.set_roles(user_id, body.role_ids, if_match)


@bp.post("/<uuid:user_id>/invitation")
@endpoint("users.create", status=202)
def invite(user_id: UUID):
    """Resend the invitation of a user.

    Earlier invitation links become invalid.
    """
    account_service.invite(user_id)


@bp.post("/<uuid:user_id>/reassignment")
@endpoint("users.update", out=Reassigned)
def reassign(user_id: UUID, body: UserReassign):
    """Reassign a user's work and direct reports to another user."""
    return user_service.reassign(user_id, body.to_user_id)


@bp.delete("/<uuid:user_id>/sessions")
@endpoint("users.update", status=204)
def end_sessions(user_id: UUID):
    """End all sessions of a user."""
    user_service.end_sessions(user_id)


@bp.delete("/<uuid:user_id>/totp")
@endpoint("users.update", status=204)
def reset_second_factor(user_id: UUID):
    """Reset the second factor of a user who lost it.

    All sessions of the user end.
    """
    user_service.reset_second_factor(user_id)


@bp.delete("/<uuid:user_id>")
@endpoint("users.delete", status=204)
def delete(user_id: UUID):
    """Delete a user."""
    user_service.delete(user_id)
