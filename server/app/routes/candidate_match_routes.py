"""Ranked and explained matches of a job."""

from uuid import UUID

from flask import Blueprint

from app.middleware.endpoint.decorator import endpoint
from app.schemas.candidate_mark_schema import CandidateMarks, MarkCandidates
from app.schemas.candidate_match_schema import (
    CandidateMatchOut,
    CandidateMatchQuery,
    JobMatchOut,
    JobMatchQuery,
    MatchRefresh,
)
from app.schemas.lists import Page
from app.services.matching import candidate_mark_service, candidate_match_service

bp = Blueprint("candidate_matches", __name__)


@bp.get("/candidates/<uuid:candidate_id>/matches")
@endpoint("candidate_matches.read", out=Page[JobMatchOut])
def list_jobs(candidate_id: UUID, query: JobMatchQuery):
    """List the open jobs that match a candidate, best first."""
    return candidate_match_service.list_jobs(candidate_id, query)


@bp.get("/jobs/<uuid:job_id>/matches")
@endpoint("candidate_matches.read", out=Page[CandidateMatchOut])
def list_matches(job_id: UUID, query: CandidateMatchQuery):
    """List the candidates that match a job, best first.

    Each criterion includes its evidence.
    """
    return candidate_match_service.list_matches(job_id, query)


@bp.post("/jobs/<uuid:job_id>/matches/refresh")
@endpoint("candidate_matches.refresh", out=MatchRefresh, idempotency_key="none")
def refresh(job_id: UUID):
    """Rank all candidates of the tenant for a job now."""
    return candidate_match_service.refresh(job_id)


@bp.post("/jobs/<uuid:job_id>/marks")
@endpoint("candidate_matches.mark", out=CandidateMarks)
def mark(job_id: UUID, body: MarkCandidates):
    """Mark candidates as seen, shortlisted or passed over for a job.

    All colleagues who see a candidate see the mark: in the matches of the job and in its applicants.
    """
    return candidate_mark_service.mark(job_id, body)
