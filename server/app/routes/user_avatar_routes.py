"""Avatars of users."""

from uuid import UUID

from flask import Blueprint

from app.middleware.endpoint.decorator import endpoint
from app.middleware.endpoint.files import send_picture
from app.middleware.identity.access import AUTHENTICATED, PUBLIC
from app.schemas.auth_schema import MeOut
from app.services.access.principal_service import Principal
from app.services.users import user_avatar_service
from app.utils.file_store import Upload

bp = Blueprint("user_avatars", __name__, url_prefix="")


@bp.post("/auth/me/avatar")
@endpoint(AUTHENTICATED, out=MeOut)
def set_own(file: Upload, principal: Principal):
    """Set your avatar.

    The file must be a PNG or JPEG of at most 10 MB. Its middle is stored as a square of 256 pixels.
    """
    return user_avatar_service.set_own(principal.user_id, file)


@bp.delete("/auth/me/avatar")
@endpoint(AUTHENTICATED, status=204)
def delete_own(principal: Principal):
    """Remove your avatar."""
    user_avatar_service.delete(principal.user_id)


@bp.delete("/users/<uuid:user_id>/avatar")
@endpoint("users.update", status=204)
def delete(user_id: UUID):
    """Remove the avatar of a user."""
    user_avatar_service.delete(user_id)


@bp.get("/avatars/<string:token>")
@endpoint(PUBLIC, out=bytes)
def show(token: str):
    """Get an avatar by its URL."""
    return send_picture(user_avatar_service.open_avatar(token))
