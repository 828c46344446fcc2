"""Saved searches of users."""

from uuid import UUID

from flask import Blueprint

from app.middleware.endpoint.decorator import endpoint
from app.schemas.common import IfMatch
from app.schemas.lists import Page
from app.schemas.saved_search_schema import SavedSearchCreate, SavedSearchOut, SavedSearchQuery, SavedSearchUpdate
from app.services.access.principal_service import Principal
from app.services.candidates import saved_search_service

bp = Blueprint("saved_searches", __name__, url_prefix="/saved-searches")


@bp.get("")
@endpoint("candidates.view_own", out=Page[SavedSearchOut])
def list_own(query: SavedSearchQuery, principal: Principal):
    """List your saved searches and those shared by others."""
    return saved_search_service.list_own(principal.user_id, query)


@bp.post("")
@endpoint("candidates.view_own", out=SavedSearchOut, status=201)
def create(body: SavedSearchCreate, principal: Principal):
    """Save a search, optionally with an alert."""
    return saved_search_service.create(principal.user_id, body)


@bp.get("/<uuid:search_id>")
@endpoint("candidates.view_own", out=SavedSearchOut)
def get(search_id: UUID, principal: Principal):
    """Get a saved search."""
    return saved_search_service.get(principal.user_id, search_id)


@bp.patch("/<uuid:search_id>")
@endpoint("candidates.view_own", out=SavedSearchOut)
def update(search_id: UUID, body: SavedSearchUpdate, if_match: IfMatch, principal: Principal):
    """Update one of your saved searches."""
    return saved_search_service.update(principal.user_id, search_id, body, if_match)


@bp.delete("/<uuid:search_id>")
@endpoint("candidates.view_own", status=204)
def delete(search_id: UUID, principal: Principal):
    """Delete one of your saved searches."""
    saved_search_service.delete(principal.user_id, search_id)
