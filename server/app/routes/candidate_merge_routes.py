"""Merging duplicate candidates, and undoing it."""

from uuid import UUID

from flask import Blueprint

from app.middleware.endpoint.decorator import endpoint
from app.schemas.candidate_merge_schema import (
    CandidateMergeCreate,
    CandidateMergeOut,
    CandidateMergeQuery,
    CandidateMergeUndo,
)
from app.schemas.lists import Page
from app.services.duplicates import candidate_merge_service

bp = Blueprint("candidate_merges", __name__, url_prefix="/candidate-merges")


@bp.get("")
@endpoint("candidates.merge", out=Page[CandidateMergeOut])
def list_merges(query: CandidateMergeQuery):
    """List merges."""
    return candidate_merge_service.list_merges(query)


@bp.post("")
@endpoint("candidates.merge", out=CandidateMergeOut)
def merge(body: CandidateMergeCreate):
    """Merge a candidate into another.

    You can undo a merge for 30 days. With `dry_run`, preview the result without changing anything.
    """
    return candidate_merge_service.merge(body)


@bp.post("/<uuid:merge_id>/undo")
@endpoint("candidates.merge", out=CandidateMergeOut)
def undo(merge_id: UUID, body: CandidateMergeUndo):
    """Undo a merge and restore both candidates."""
    return candidate_merge_service.undo(merge_id, body)
