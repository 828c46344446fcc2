"""Saved views of lists."""

from uuid import UUID

from flask import Blueprint

from app.middleware.endpoint.decorator import endpoint
from app.middleware.identity.access import AUTHENTICATED
from app.schemas.common import IfMatch
from app.schemas.lists import Page
from app.schemas.saved_view_schema import SavedViewCreate, SavedViewOut, SavedViewQuery, SavedViewUpdate
from app.services.access.principal_service import Principal
from app.services.collaboration import saved_view_service

bp = Blueprint("saved_views", __name__, url_prefix="/saved-views")


@bp.get("")
@endpoint(AUTHENTICATED, out=Page[SavedViewOut])
def list_own(query: SavedViewQuery, principal: Principal):
    """List your views and those shared by others."""
    return saved_view_service.list_own(principal.user_id, query)


@bp.post("")
@endpoint(AUTHENTICATED, out=SavedViewOut, status=201)
def create(body: SavedViewCreate, principal: Principal):
    """Save a view of a list."""
    return saved_view_service.create(principal.user_id, body)


@bp.get("/<uuid:view_id>")
@endpoint(AUTHENTICATED, out=SavedViewOut)
def get(view_id: UUID, principal: Principal):
    """Get a view."""
    return saved_view_service.get(principal.user_id, view_id)


@bp.patch("/<uuid:view_id>")
@endpoint(AUTHENTICATED, out=SavedViewOut)
def update(view_id: UUID, body: SavedViewUpdate, if_match: IfMatch, principal: Principal):
    """Update one of your views."""
    return saved_view_service.update(principal.user_id, view_id, body, if_match)


@bp.delete("/<uuid:view_id>")
@endpoint(AUTHENTICATED, status=204)
def delete(view_id: UUID, principal: Principal):
    """Delete one of your views."""
    saved_view_service.delete(principal.user_id, view_id)
