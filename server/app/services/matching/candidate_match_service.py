"""Matches: the candidates of a job, ranked in one array operation and stored with their evidence."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from uuid import UUID

import sqlalchemy as sa

from app.extensions import db
from app.models import Candidate, CandidateDocument, CandidateMatch, CandidateResume, Job
from app.models.candidate import CandidateStatus
from app.models.job import JobStatus
from app.schemas.candidate_match_schema import CandidateMatchOut, CandidateMatchQuery, MatchRefresh
from app.schemas.common import Page
from app.schemas.parsed_resume_schema import ParsedResume
from app.services.core import listing, rows
from app.services.core.transaction import mark_deleted, use_case
from app.services.matching import match_evidence
from app.services.matching.match_evidence import Source
from app.services.matching.match_scoring import CandidateProfile, JobProfile, Scored, grade_of, score_all
from app.services.resumes import resume_embedding
from app.utils import scope
from app.utils.errors import NotFound

KEPT = 500  # matches per job
LIVE_JOBS = (JobStatus.DRAFT, JobStatus.OPEN, JobStatus.ON_HOLD)  # open, or likely to be opened


def list_matches(job_id: UUID, query: CandidateMatchQuery) -> Page[CandidateMatchOut]:
    """Return the stored matches of a job, best first."""
    rows.get(Job, job_id)
    named = sa.and_(Candidate.tenant_id == CandidateMatch.tenant_id, Candidate.id == CandidateMatch.candidate_id)
    columns = (
        CandidateMatch.id,
        CandidateMatch.candidate_id,
        Candidate.name.label("candidate_name"),
        CandidateMatch.score.label("score"),
        CandidateMatch.grade,
        CandidateMatch.confidence,
        CandidateMatch.criteria,
        CandidateMatch.updated_at,
    )
    statement = sa.select(*columns).select_from(CandidateMatch).join(Candidate, named)
    statement = statement.where(CandidateMatch.job_id == job_id)
    if query.min_score is not None:
        statement = statement.where(CandidateMatch.score >= query.min_score * 100)  # stored in hundredths
    page = listing.paginate(statement, CandidateMatch, query, within=job_id)
    # After `paginate`, whose cursor needs the stored score.
    page.data = [{**row._mapping, "score": row.score / 100} for row in page.data]
    return listing.page_as(CandidateMatchOut, page)


def refresh(job_id: UUID) -> MatchRefresh:
    """Rank all active candidates for a job, regardless of the caller's visibility, and store the best."""
    rows.get(Job, job_id)
    # The lookup above checked that the caller may see the job.
    with scope.unrestricted("a job's ranking does not depend on who asks for it"):
        return _refresh(job_id)


@use_case(retries=3)
def _refresh(job_id: UUID) -> MatchRefresh:
    # Before the reads, or matches of older values could replace newer ones.
    _one_at_a_time()
    job = rows.get(Job, job_id)
    profile = _job_profile(job)
    people, vectors = _read_people(sa.true())
    best = score_all(profile, people, vectors)[:KEPT]
    found = _explain(profile, people, best)
    _replace(CandidateMatch.job_id == job_id, [(job_id, *item) for item in found])
    return MatchRefresh(candidates=len(people), kept=len(found))


def refresh_stored(job_id: UUID) -> int:
    """Refresh a job's matches and return their number, or 0 if the job is gone."""
    try:
        return refresh(job_id).kept
    except NotFound:
        return 0


@use_case(retries=3)
def refresh_candidate(candidate_id: UUID) -> int:
    """Rank one candidate for every live job of the tenant, and return the number of jobs."""
    _one_at_a_time()
    people, vectors = _read_people(Candidate.id == candidate_id)
    jobs = db.session.scalars(sa.select(Job).where(Job.status.in_(LIVE_JOBS)).order_by(Job.id)).all()
    found = []
    # If the candidate is not active any more, there are no people, and the matches are only deleted.
    for job in jobs if people else []:
        profile = _job_profile(job)
        found += [(job.id, *item) for item in _explain(profile, people, score_all(profile, people, vectors))]
    _replace(CandidateMatch.candidate_id == candidate_id, found)
    return len(found)


def _job_profile(job: Job) -> JobProfile:
    return JobProfile(
        title=job.title,
        required=tuple(job.required_skills),
        preferred=tuple(job.preferred_skills),
        min_years=job.min_years,
        max_years=job.max_years,
        vectors=resume_embedding.of_job(job),  # cached, not stored as those of resumes are
    )


def _read_people(condition: Any) -> tuple[list[CandidateProfile], Any]:
    """Return the columns that scoring needs, of all candidates at once."""
    primary = sa.and_(
        CandidateResume.tenant_id == Candidate.tenant_id,
        CandidateResume.candidate_id == Candidate.id,
        CandidateResume.is_primary,
    )
    statement = (
        sa.select(
            Candidate.id, Candidate.headline, Candidate.skills, Candidate.years_experience, CandidateResume.embedding
        )
        .outerjoin(CandidateResume, primary)  # without a resume, skills and years still count
        .where(Candidate.status == CandidateStatus.ACTIVE, condition)
        .order_by(Candidate.id)
    )
    found = db.session.execute(statement).all()
    people = [CandidateProfile(row.id, row.headline, row.skills, row.years_experience) for row in found]
    return people, resume_embedding.unpack([row.embedding for row in found])


def _explain(job: JobProfile, people: Sequence[CandidateProfile], best: list[Scored]) -> list[Any]:
    by_id = {person.id: person for person in people}
    # Only those that are stored need the texts of their resumes; scoring needs the vectors.
    sources = _sources([scored.candidate_id for scored in best])
    return [
        (
            scored.candidate_id,
            scored,
            match_evidence.explain(job, by_id[scored.candidate_id], scored, sources.get(scored.candidate_id)),
        )
        for scored in best
    ]


def _sources(candidate_ids: list[UUID]) -> dict[UUID, Source]:
    """Return the primary resumes of these candidates, for quotes."""
    document = sa.and_(
        CandidateDocument.tenant_id == CandidateResume.tenant_id, CandidateDocument.id == CandidateResume.document_id
    )
    statement = (
        sa.select(CandidateResume.candidate_id, CandidateResume.text, CandidateResume.parsed, CandidateDocument.sha256)
        .join(CandidateDocument, document)
        .where(CandidateResume.candidate_id.in_(candidate_ids), CandidateResume.is_primary)
        .where(CandidateResume.parsed.is_not(None))
    )
    return {
        row.candidate_id: Source(row.sha256, row.text or "", ParsedResume.model_validate(row.parsed))
        for row in db.session.execute(statement)
    }


def _replace(condition: Any, found: list[Any]) -> None:
    """Replace the matches, skipping candidates that were deleted meanwhile."""
    # Replaced instead of updated, so that no candidate remains who is not among the best any more.
    db.session.execute(sa.delete(CandidateMatch).where(condition))
    mark_deleted()
    wanted = sa.select(Candidate.id).where(Candidate.id.in_({item[1] for item in found}))
    # FOR KEY SHARE, as the foreign key takes it: a deletion waits until the matches are committed.
    present = set(db.session.scalars(wanted.with_for_update(read=True, key_share=True)))
    values = [
        rows.new_row(
            job_id=job_id,
            candidate_id=candidate_id,
            score=scored.score,
            grade=grade_of(scored.score),
            confidence=scored.confidence,
            criteria=criteria,
        )
        for job_id, candidate_id, scored, criteria in found
        if candidate_id in present
    ]
    if values:
        db.session.execute(sa.insert(CandidateMatch), values)


def _one_at_a_time() -> None:
    """Allow one refresh per tenant at a time: refreshes of a job and of a candidate may write the same pair."""
    if db.engine.dialect.name == "postgresql":  # on SQLite, a use case holds the only write lock
        db.session.execute(sa.text("set local lock_timeout = '60s'"))  # refreshing a large tenant is slow
        key = sa.func.hashtextextended(f"matches:{scope.tenant_id()}", 0)
        db.session.execute(sa.select(sa.func.pg_advisory_xact_lock(key)))
