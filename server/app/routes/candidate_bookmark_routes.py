"""The user's favorite and recently viewed candidates."""

from uuid import UUID

from flask import Blueprint

from app.middleware.endpoint.decorator import endpoint
from app.models.candidate_bookmark import BookmarkKind
from app.schemas.candidate_bookmark_schema import BookmarkOut
from app.schemas.lists import Page
from app.services.access.principal_service import Principal
from app.services.candidates import candidate_bookmark_service

bp = Blueprint("candidate_bookmarks", __name__)


@bp.get("/favorite-candidates")
@endpoint("candidates.view_own", out=Page[BookmarkOut])
def list_favorites(principal: Principal):
    """List your favorite candidates, latest first."""
    return candidate_bookmark_service.list_own(principal.user_id, BookmarkKind.FAVORITE)


@bp.put("/favorite-candidates/<uuid:candidate_id>")
@endpoint("candidates.view_own", status=204)
def add_favorite(candidate_id: UUID, principal: Principal):
    """Add a candidate to your favorites."""
    candidate_bookmark_service.mark(principal.user_id, candidate_id, BookmarkKind.FAVORITE)


@bp.delete("/favorite-candidates/<uuid:candidate_id>")
@endpoint("candidates.view_own", status=204)
def remove_favorite(candidate_id: UUID, principal: Principal):
    """Remove a candidate from your favorites."""
    candidate_bookmark_service.unmark(principal.user_id, candidate_id, BookmarkKind.FAVORITE)


@bp.get("/recent-candidates")
@endpoint("candidates.view_own", out=Page[BookmarkOut])
def list_recent(principal: Principal):
    """List your recently viewed candidates, latest first."""
    return candidate_bookmark_service.list_own(principal.user_id, BookmarkKind.RECENT)


@bp.put("/recent-candidates/<uuid:candidate_id>")
@endpoint("candidates.view_own", status=204)
def note_seen(candidate_id: UUID, principal: Principal):
    """Record that you viewed a candidate."""
    candidate_bookmark_service.mark(principal.user_id, candidate_id, BookmarkKind.RECENT)
