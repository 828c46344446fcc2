"""Postings: jobs as published, until they are unpublished, they expire or the job ends."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from uuid import UUID

import sqlalchemy as sa

from app.extensions import db
from app.models import Job, JobPosting
from app.models.job import JobStatus
from app.models.job_posting import POSTING_MACHINE, PostingStatus
from app.schemas.job_posting_schema import JobPostingCreate, JobPostingOut, JobPostingUpdate
from app.schemas.lists import Page
from app.schemas.state_schema import ActionsQuery
from app.services.core import active_tenants, listing, rows
from app.services.core.transaction import use_case
from app.services.events import event_service
from app.services.jobs import careers_addresses
from app.services.workflow import state_engine
from app.services.workflow.state_engine import Refusal
from app.utils import clock
from app.utils.errors import Conflict

MAX_POSTINGS = 50


def list_postings(job_id: UUID) -> Page[JobPostingOut]:
    """Return the postings of a job, newest first."""
    rows.get(Job, job_id)
    own = db.session.scalars(
        sa.select(JobPosting).where(JobPosting.job_id == job_id).order_by(JobPosting.id.desc())
    ).all()
    slug = careers_addresses.slug()
    return listing.single_page(_addressed(posting, slug) for posting in own)


def show(posting_id: UUID, query: ActionsQuery) -> JobPostingOut:
    """Return a posting, with its actions explained if the query asks for it."""
    return state_engine.with_action_hints(JobPostingOut, _addressed(rows.get(JobPosting, posting_id)), query)


@use_case
def create(job_id: UUID, new: JobPostingCreate) -> JobPostingOut:
    """Add a draft posting."""
    job = rows.lock_row(Job, job_id)  # so that concurrent requests do not exceed the limit
    rows.enforce_limit(
        MAX_POSTINGS,
        JobPosting,
        f"A job can have {MAX_POSTINGS} postings",
        "too_many_postings",
        JobPosting.job_id == job_id,
    )
    posting = JobPosting(job_id=job_id, **new.model_dump())
    db.session.add(posting)
    db.session.flush()  # the event needs the id
    event_service.record("job_posting.created", posting, job_id=job.id)
    return _addressed(posting)


@use_case
def update(posting_id: UUID, changes: JobPostingUpdate, if_match: int | None) -> JobPostingOut:
    """Update a posting."""
    posting = rows.lock_for_update(JobPosting, posting_id, if_match)
    values: dict[str, Any] = changes.model_dump(exclude_unset=True)
    event_service.record("job_posting.updated", posting, changed=rows.apply_changes(posting, values))
    return _addressed(posting)


@use_case
def act(posting_id: UUID, action: str, if_match: int | None) -> JobPostingOut:
    """Publish or unpublish a posting."""
    known = rows.get(JobPosting, posting_id)
    rows.lock_row(Job, known.job_id)  # so that the job cannot close meanwhile
    posting = rows.lock_for_update(JobPosting, posting_id, if_match)
    state_engine.fire(POSTING_MACHINE, posting, action)
    return _addressed(posting)


@use_case
def delete(posting_id: UUID) -> None:
    """Delete a posting; Conflict if it is published."""
    posting = rows.lock_for_update(JobPosting, posting_id)
    if posting.status == PostingStatus.PUBLISHED:
        raise Conflict("Unpublish the posting first.", code="published", current_state=posting.status)
    event_service.record("job_posting.deleted", posting)
    db.session.delete(posting)


def end(job_ids: Sequence[UUID]) -> None:
    """Unpublish the postings of jobs that end; inside the use case that ends them."""
    seen = (
        sa.select(JobPosting)
        .where(JobPosting.job_id.in_(job_ids), JobPosting.status == PostingStatus.PUBLISHED)
        .order_by(JobPosting.id)
    )
    postings = db.session.scalars(seen.with_for_update()).all()
    for posting in postings:
        posting.version += 1
    state_engine.fire_automatic(POSTING_MACHINE, postings, "end_with_job")


def tenants_with_expired() -> list[str]:
    """Return the ids (as text) of the tenants with postings to expire; in the platform's scope."""
    return active_tenants.having(JobPosting, _is_over())


@use_case
def expire_due() -> int:
    """Expire the postings that are due, and return their number."""
    # A posting that a user is changing is skipped: the function runs again within the hour.
    over = db.session.scalars(
        sa.select(JobPosting).where(_is_over()).order_by(JobPosting.id).with_for_update(skip_locked=True)
    ).all()
    for posting in over:
        posting.version += 1
    state_engine.fire_automatic(POSTING_MACHINE, over, "expire")
    return len(over)


def job_is_open(posting: Any) -> Refusal | None:
    """Refuse unless the job is open."""
    job = rows.get(Job, posting.job_id)
    return None if job.status == JobStatus.OPEN else Refusal("job_not_open", f"The job is {job.status}. Open it first.")


def posting_has_not_expired(posting: Any) -> Refusal | None:
    """Refuse if the posting has expired."""
    over = posting.expires_at is not None and posting.expires_at <= clock.now()
    return Refusal("posting_expired", "The posting has expired. Change expires_at first.") if over else None


def note_publication(postings: Sequence[JobPosting]) -> None:
    """Set `published_at`, if the posting is published for the first time."""
    for posting in postings:
        # Not set again: pages and feeds sort by it, and a posting that returns is not new.
        posting.published_at = posting.published_at or clock.now()


def _addressed(posting: JobPosting, slug: str | None = None) -> JobPostingOut:
    """Return a posting with its public URL."""
    url = careers_addresses.of_posting(slug or careers_addresses.slug(), posting.id)
    return JobPostingOut.model_validate({**rows.columns_of(posting), "url": url})


def _is_over() -> sa.ColumnElement[bool]:
    return sa.and_(JobPosting.status == PostingStatus.PUBLISHED, JobPosting.expires_at <= clock.now())
