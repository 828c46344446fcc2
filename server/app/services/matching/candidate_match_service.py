"""Matches: the candidates of a job, ranked in one array operation and stored with their evidence."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any
from uuid import UUID

import sqlalchemy as sa

from app.extensions import db
from app.models import Application, Candidate, CandidateDocument, CandidateMatch, CandidateResume, Job
from app.models.candidate import CandidateStatus
from app.models.job import JobStatus
from app.schemas.candidate_match_schema import (
    CandidateMatchOut,
    CandidateMatchQuery,
    JobMatchOut,
    JobMatchQuery,
    MatchRefresh,
)
from app.schemas.lists import Page
from app.schemas.parsed_resume_schema import ParsedResume
from app.services.candidates import candidate_redirects
from app.services.core import listing, rows
from app.services.core.transaction import mark_deleted, use_case
from app.services.matching import candidate_mark_service, match_evidence
from app.services.matching.match_evidence import Source
from app.services.matching.match_scoring import (
    CandidateProfile,
    JobProfile,
    Scored,
    grade_of,
    met_skills,
    score_best,
    scorer,
    with_all_skills,
    with_meaning_of,
)
from app.services.resumes import comparable_text, resume_embedding
from app.services.search.text_embedding import Vector
from app.utils import scope
from app.utils.errors import NotFound

KEPT = 500  # matches per job, and those of all its applicants
MOST_CONFIDENT = 100
LIVE_JOBS = (JobStatus.DRAFT, JobStatus.OPEN, JobStatus.ON_HOLD)  # open, or likely to be opened

Found = tuple[UUID, Scored, list[dict[str, Any]]]  # a candidate, the result, and the criteria as JSON


def list_matches(job_id: UUID, query: CandidateMatchQuery) -> Page[CandidateMatchOut]:
    """Return the stored matches of a job, best first."""
    rows.get(Job, job_id)
    named = sa.and_(Candidate.tenant_id == CandidateMatch.tenant_id, Candidate.id == CandidateMatch.candidate_id)
    columns = _columns(CandidateMatch.candidate_id, Candidate.name.label("candidate_name"))
    statement = sa.select(*columns).select_from(CandidateMatch).join(Candidate, named)
    statement = statement.where(CandidateMatch.job_id == job_id)
    if query.is_applicant is not None:
        statement = statement.where(_has_applied() if query.is_applicant else ~_has_applied())
    return listing.page_as(CandidateMatchOut, _page(statement, query, job_id))


def list_jobs(candidate_id: UUID, query: JobMatchQuery) -> Page[JobMatchOut]:
    """Return the open jobs that a candidate matches, best first, as far as matches are stored: the best of each job."""
    candidate_redirects.get(candidate_id)
    named = sa.and_(Job.tenant_id == CandidateMatch.tenant_id, Job.id == CandidateMatch.job_id)
    columns = _columns(CandidateMatch.job_id, Job.title.label("job_title"))
    statement = sa.select(*columns).select_from(CandidateMatch).join(Job, named)
    statement = statement.where(CandidateMatch.candidate_id == candidate_id, Job.status == JobStatus.OPEN)
    return listing.page_as(JobMatchOut, _page(statement, query, candidate_id))


def _columns(*other_side: Any) -> tuple[Any, ...]:
    return (
        CandidateMatch.id,
        *other_side,
        CandidateMatch.score.label("score"),
        CandidateMatch.standing,
        CandidateMatch.grade,
        CandidateMatch.confidence,
        CandidateMatch.criteria,
        CandidateMatch.scorer,
        CandidateMatch.updated_at,
        _has_applied().label("is_applicant"),
        *candidate_mark_service.columns(CandidateMatch.job_id, CandidateMatch.candidate_id),
    )


def _page(statement: sa.Select[Any], query: CandidateMatchQuery | JobMatchQuery, within: UUID) -> Page[Any]:
    """Return a page of matches with their scores from 0 to 100; stored are hundredths."""
    if query.min_score is not None:
        statement = statement.where(CandidateMatch.score >= query.min_score * 100)
    if query.mark is not None:
        pair = (CandidateMatch.job_id, CandidateMatch.candidate_id)
        statement = statement.where(candidate_mark_service.filtered(*pair, query.mark))
    page = listing.paginate(statement, CandidateMatch, query, within=within)
    # After `paginate`, whose cursor needs the stored score.
    page.data = [{**row._mapping, "score": row.score / 100} for row in page.data]
    return page


def refresh(job_id: UUID) -> MatchRefresh:
    """Rank all active candidates for a job, regardless of the caller's visibility.

    The best matches are stored, and those of all applicants.
    """
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
    applicants = set(db.session.scalars(sa.select(Application.candidate_id).where(Application.job_id == job_id)))
    best = score_best(profile, people, vectors, KEPT, applicants)
    found: list[Found] = []
    for begin in range(0, len(best), KEPT):
        batch = best[begin : begin + KEPT]
        # Only these need the texts of their resumes; scoring needs the vectors.
        found += _explain(profile, people, batch, _sources([scored.candidate_id for scored in batch]))
    _replace(CandidateMatch.job_id == job_id, [(job_id, *item) for item in found])
    return MatchRefresh(candidates=len(people), kept=len(found))


def refresh_stored(job_id: UUID) -> int:
    """Refresh a job's matches and return their number, or 0 if the job is gone."""
    try:
        return refresh(job_id).kept
    except NotFound:
        return 0


def refresh_candidate(candidate_id: UUID) -> int:
    """Rank one candidate for every live job of the tenant and those they applied for; return the number of jobs."""
    applied = sa.select(Application.job_id).where(Application.candidate_id == candidate_id)
    return _refresh_candidate(candidate_id, sa.or_(Job.status.in_(LIVE_JOBS), Job.id.in_(applied)), sa.true())


def refresh_applicant(candidate_id: UUID, job_id: UUID) -> int:
    """Rank one candidate for a job for which they have applied, whatever others are better; return 1, or 0 if gone."""
    return _refresh_candidate(candidate_id, Job.id == job_id, CandidateMatch.job_id == job_id)


@use_case(retries=3)
def _refresh_candidate(candidate_id: UUID, of_jobs: sa.ColumnElement[bool], of_matches: Any) -> int:
    _one_at_a_time()
    people, vectors = _read_people(Candidate.id == candidate_id)
    jobs = db.session.scalars(sa.select(Job).where(of_jobs).order_by(Job.id)).all()
    sources = _sources([candidate_id])
    found = []
    # If the candidate is not active any more, there are no people, and the matches are only deleted.
    for job in jobs if people else []:
        profile = _job_profile(job)
        best = score_best(profile, people, vectors, KEPT)
        found += [(job.id, *item) for item in _explain(profile, people, best, sources)]
    _replace(sa.and_(CandidateMatch.candidate_id == candidate_id, of_matches), found)
    return len(found)


def _job_profile(job: Job) -> JobProfile:
    return JobProfile(
        title=job.title,
        description=job.description or "",
        required=tuple(job.required_skills),
        preferred=tuple(job.preferred_skills),
        min_years=job.min_years,
        max_years=job.max_years,
        vectors=resume_embedding.of_job(job),  # cached, not stored as those of resumes are
    )


def _has_applied() -> sa.Exists:
    own = sa.and_(Application.tenant_id == CandidateMatch.tenant_id, Application.job_id == CandidateMatch.job_id)
    return sa.exists().where(own, Application.candidate_id == CandidateMatch.candidate_id)


def _read_people(condition: Any) -> tuple[list[CandidateProfile], list[Vector]]:
    """Return the columns that scoring needs, of all candidates at once."""
    primary = sa.and_(
        CandidateResume.tenant_id == Candidate.tenant_id,
        CandidateResume.candidate_id == Candidate.id,
        CandidateResume.is_primary,
        # Vectors of another form are unknown until they are made anew.
        CandidateResume.embedding_form == resume_embedding.form(),
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
    people = [CandidateProfile(row.id, row.skills, row.years_experience) for row in found]
    vectors = resume_embedding.unpack([row.embedding for row in found])
    return people, resume_embedding.with_headlines(vectors, [row.headline for row in found])


def _explain(
    job: JobProfile, people: Sequence[CandidateProfile], best: Sequence[Scored], sources: dict[UUID, Source]
) -> list[Found]:
    """Return the final results of the best, with their criteria."""
    by_id = {person.id: person for person in people}
    found: list[Found] = []
    for scored in best:
        person, source = by_id[scored.candidate_id], sources.get(scored.candidate_id)
        final = scored
        if source and comparable_text.copies(source.text, job.description):
            source = replace(source, own_text=comparable_text.without_copied(source.text, job.description))
            final = _without_copies(job, person, final, source)
        met = met_skills(job, person, source.own_text if source else "")
        final = with_all_skills(job, person, final, met)
        found.append((scored.candidate_id, final, match_evidence.explain(job, person, final, met, source)))
    return found


def _without_copies(job: JobProfile, person: CandidateProfile, scored: Scored, source: Source) -> Scored:
    """Compare a resume without what it copied from the posting: whoever does so gains nothing."""
    text = comparable_text.comparable(source.own_text, source.parsed)
    vectors = resume_embedding.unpack([resume_embedding.of_texts(text, [])])  # of the text alone
    (again,) = score_best(job, [person], vectors, 1)
    return with_meaning_of(again, scored)


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
        row.candidate_id: Source(
            row.sha256, row.text or "", ParsedResume.model_validate(row.parsed), own_text=row.text or ""
        )
        for row in db.session.execute(statement)
    }


def _replace(condition: Any, found: list[tuple[UUID, UUID, Scored, list[dict[str, Any]]]]) -> None:
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
            standing=scored.score * (MOST_CONFIDENT + 1) + scored.confidence,
            grade=grade_of(scored.score),
            confidence=scored.confidence,
            criteria=criteria,
            scorer=scorer(),
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
