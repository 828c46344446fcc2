"""Merging candidates who are one person, and taking it back."""

from uuid import UUID

from flask import Blueprint

from app.middleware.endpoint.decorator import endpoint
from app.schemas.candidate_merge_schema import (
    CandidateMergeCreate,
    CandidateMergeOut,
    CandidateMergeQuery,
    CandidateMergeUndo,
)
from app.schemas.common import Page
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
    """Merge a candidate into another, or with dry_run show what would come of it; can be taken back for 30 days."""
    return candidate_merge_service.merge(body)


@bp.post("/<uuid:merge_id>/undo")
@endpoint("candidates.merge", out=CandidateMergeOut)
def undo(merge_id: UUID, body: CandidateMergeUndo):
    """Take a merge back: both candidates are as they were."""
    return candidate_merge_service.undo(merge_id, body)
