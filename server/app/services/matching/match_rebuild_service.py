"""Making vectors and matches anew after the formula, the models or their setting have changed."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from uuid import UUID

import sqlalchemy as sa

from app.extensions import db
from app.models import CandidateResume, Job
from app.schemas.parsed_resume_schema import ParsedResume
from app.services.core.transaction import end_read, use_case
from app.services.events import outbox_service
from app.services.matching.candidate_match_service import LIVE_JOBS
from app.services.resumes import resume_embedding

BATCH = 100  # resumes


@use_case
def request() -> None:
    """Enqueue the rebuild of the tenant's matches."""
    outbox_service.enqueue("matches/outdated")


def embed_after(after: str | None) -> str | None:
    """Make the outdated vectors of the next batch of resumes; return the last id, or None at the end."""
    statement = (
        sa.select(CandidateResume.id, CandidateResume.text, CandidateResume.parsed, CandidateResume.parsed_at)
        .where(CandidateResume.parsed.is_not(None), CandidateResume.text.is_not(None))
        .where(CandidateResume.embedding_form.is_distinct_from(resume_embedding.form()))
        .order_by(CandidateResume.id)
        .limit(BATCH)
    )
    if after is not None:
        statement = statement.where(CandidateResume.id > UUID(after))
    found = db.session.execute(statement).all()
    end_read()  # embedding is slow
    _store([(row, resume_embedding.of_resume(row.text, ParsedResume.model_validate(row.parsed))) for row in found])
    return str(found[-1].id) if found else None


@use_case
def refresh_jobs() -> int:
    """Enqueue the ranking of all live jobs, and return their number."""
    job_ids = db.session.scalars(sa.select(Job.id).where(Job.status.in_(LIVE_JOBS)).order_by(Job.id)).all()
    for job_id in job_ids:
        outbox_service.enqueue("job/changed", job_id=job_id)
    return len(job_ids)


@use_case
def _store(found: Sequence[tuple[Any, bytes]]) -> None:
    for row, vectors in found:
        # A resume that was parsed meanwhile has vectors of its new text.
        is_same = sa.and_(CandidateResume.id == row.id, CandidateResume.parsed_at == row.parsed_at)
        values = {
            "embedding": vectors,
            "embedding_form": resume_embedding.form(),
            "updated_at": CandidateResume.updated_at,  # not an edit
        }
        db.session.execute(sa.update(CandidateResume).where(is_same).values(values))
