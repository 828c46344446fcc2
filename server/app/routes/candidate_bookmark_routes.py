"""The user's favourite candidates, and those seen lately."""

from uuid import UUID

from flask import Blueprint

from app.middleware.endpoint.decorator import endpoint
from app.models.candidate_bookmark import BookmarkKind
from app.schemas.candidate_bookmark_schema import BookmarkOut
from app.schemas.common import Page
from app.services.access.principal_service import Principal
from app.services.candidates import candidate_bookmark_service

bp = Blueprint("candidate_bookmarks", __name__)


@bp.get("/favorite-candidates")
@endpoint("candidates.view_own", out=Page[BookmarkOut])
def list_favorites(principal: Principal):
    """List one's favourite candidates."""
    return candidate_bookmark_service.list_own(principal.user_id, BookmarkKind.FAVORITE)


@bp.put("/favorite-candidates/<uuid:candidate_id>")
@endpoint("candidates.view_own", status=204)
def add_favorite(candidate_id: UUID, principal: Principal):
    """Make a candidate one's favourite."""
    candidate_bookmark_service.mark(principal.user_id, candidate_id, BookmarkKind.FAVORITE)


@bp.delete("/favorite-candidates/<uuid:candidate_id>")
@endpoint("candidates.view_own", status=204)
def remove_favorite(candidate_id: UUID, principal: Principal):
    """Make a candidate one's favourite no longer."""
    candidate_bookmark_service.unmark(principal.user_id, candidate_id, BookmarkKind.FAVORITE)


@bp.get("/recent-candidates")
@endpoint("candidates.view_own", out=Page[BookmarkOut])
def list_recent(principal: Principal):
    """List the candidates that one has looked at lately."""
    return candidate_bookmark_service.list_own(principal.user_id, BookmarkKind.RECENT)


@bp.put("/recent-candidates/<uuid:candidate_id>")
@endpoint("candidates.view_own", status=204)
def note_seen(candidate_id: UUID, principal: Principal):
    """Note that one looks at a candidate's profile."""
    candidate_bookmark_service.mark(principal.user_id, candidate_id, BookmarkKind.RECENT)
