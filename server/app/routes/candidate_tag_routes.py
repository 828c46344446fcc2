"""Tags of the tenant, and the tags of a candidate."""

from uuid import UUID

from flask import Blueprint

from app.middleware.endpoint.decorator import endpoint
from app.schemas.candidate_tag_schema import CandidateTagCreate, CandidateTagOut, CandidateTagUpdate, TagCount
from app.schemas.lists import Page
from app.services.candidates import candidate_tag_service

bp = Blueprint("candidate_tags", __name__)


@bp.get("/candidate-tags")
@endpoint("candidates.view_own", out=Page[TagCount])
def list_all():
    """List tags with the number of candidates that have them."""
    return candidate_tag_service.list_all()


@bp.post("/candidate-tags")
@endpoint("candidate_tags.update", out=CandidateTagOut, status=201)
def create(body: CandidateTagCreate):
    """Add a tag."""
    return candidate_tag_service.create(body)


@bp.patch("/candidate-tags/<uuid:tag_id>")
@endpoint("candidate_tags.update", out=CandidateTagOut)
def update(tag_id: UUID, body: CandidateTagUpdate):
    """Rename a tag or change its color."""
    return candidate_tag_service.update(tag_id, body)


@bp.delete("/candidate-tags/<uuid:tag_id>")
@endpoint("candidate_tags.update", status=204)
def delete(tag_id: UUID):
    """Delete a tag and remove it from all candidates."""
    candidate_tag_service.delete(tag_id)


@bp.get("/candidates/<uuid:candidate_id>/tags")
@endpoint("candidates.view_own", out=Page[CandidateTagOut])
def of_candidate(candidate_id: UUID):
    """List the tags of a candidate."""
    return candidate_tag_service.of_candidate(candidate_id)


@bp.put("/candidates/<uuid:candidate_id>/tags/<uuid:tag_id>")
@endpoint("candidates.update", status=204)
def add(candidate_id: UUID, tag_id: UUID):
    """Add a tag to a candidate."""
    candidate_tag_service.add(candidate_id, tag_id)


@bp.delete("/candidates/<uuid:candidate_id>/tags/<uuid:tag_id>")
@endpoint("candidates.update", status=204)
def remove(candidate_id: UUID, tag_id: UUID):
    """Remove a tag from a candidate."""
    candidate_tag_service.remove(candidate_id, tag_id)
