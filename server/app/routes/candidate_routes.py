"""Candidates."""

from uuid import UUID

from flask import Blueprint

from app.middleware.endpoint.decorator import endpoint
from app.schemas.candidate_schema import (
    CandidateCreate,
    CandidateListed,
    CandidateOut,
    CandidateQuery,
    CandidateUpdate,
    CandidateUpserted,
)
from app.schemas.candidate_search_schema import CandidateSearchPage, CandidateSearchQuery
from app.schemas.common import IfMatch
from app.schemas.event_schema import ActivityQuery, EventOut
from app.schemas.lists import Page
from app.services.candidates import candidate_read_service, candidate_search_service, candidate_service

bp = Blueprint("candidates", __name__, url_prefix="/candidates")


@bp.get("")
@endpoint("candidates.view_own", out=Page[CandidateListed])
def list_candidates(query: CandidateQuery):
    """List and search the candidates that are visible to you.

    Depending on your permissions, these are your own, your team's or all candidates.
    """
    return candidate_read_service.list_candidates(query)


@bp.post("")
@endpoint("candidates.create", out=CandidateOut, status=201)
def create(body: CandidateCreate):
    """Add a candidate to the tenant."""
    return candidate_service.create(body)


@bp.get("/<uuid:candidate_id>")
@endpoint("candidates.view_own", out=CandidateOut)
def get(candidate_id: UUID):
    """Get a candidate with contact points.

    Candidates that are not visible to you are not found.
    """
    return candidate_read_service.get(candidate_id)


@bp.patch("/<uuid:candidate_id>")
@endpoint("candidates.update", out=CandidateOut)
def update(candidate_id: UUID, body: CandidateUpdate, if_match: IfMatch):
    """Update a candidate."""
    return candidate_service.update(candidate_id, body, if_match)


@bp.get("/search")
@endpoint("candidates.view_own", out=CandidateSearchPage)
def search(query: CandidateSearchQuery):
    """Search candidates, best hits first, with highlights, snippets and facets."""
    return candidate_search_service.search(query)


@bp.put("/by-contact")
@endpoint("candidates.update", out=CandidateUpserted)
def upsert(body: CandidateCreate):
    """Create or update a candidate, found by email address or phone number."""
    return candidate_service.upsert(body)


@bp.get("/<uuid:candidate_id>/activity")
@endpoint("candidates.view_own", out=Page[EventOut])
def activity(candidate_id: UUID, query: ActivityQuery):
    """List the activity of a candidate, newest first."""
    return candidate_read_service.activity(candidate_id, query)


@bp.delete("/<uuid:candidate_id>")
@endpoint("candidates.delete", status=204)
def delete(candidate_id: UUID):
    """Delete a candidate with all documents and resumes."""
    candidate_service.delete(candidate_id)
