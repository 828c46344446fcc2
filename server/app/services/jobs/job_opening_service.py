"""The openings of a job as rows: as many as the job's `openings`, each filled by one hire."""

from __future__ import annotations

from uuid import UUID

import sqlalchemy as sa

from app.extensions import db
from app.models import Application, Job, JobOpening
from app.schemas.job_opening_schema import JobOpeningOut, JobOpeningUpdate
from app.schemas.lists import Page
from app.services.core import listing, rows
from app.services.core.transaction import use_case
from app.services.events import event_service
from app.utils import clock
from app.utils.errors import NotFound


def list_openings(job_id: UUID) -> Page[JobOpeningOut]:
    """Return the openings of a job by number, each with the application that fills it, if visible."""
    rows.get(Job, job_id)
    filled_by = sa.and_(Application.tenant_id == JobOpening.tenant_id, Application.opening_id == JobOpening.id)
    columns = [*JobOpening.__table__.columns, Application.id.label("application_id")]
    statement = (
        sa.select(*columns).select_from(JobOpening).outerjoin(Application, filled_by).where(JobOpening.job_id == job_id)
    )
    return listing.page_as(
        JobOpeningOut, listing.single_page(db.session.execute(statement.order_by(JobOpening.number)))
    )


@use_case
def update(job_id: UUID, opening_id: UUID, changes: JobOpeningUpdate) -> JobOpeningOut:
    """Update the details of an opening."""
    job = rows.lock_row(Job, job_id)
    opening = rows.lock_row(JobOpening, opening_id)
    if opening.job_id != job_id:
        raise NotFound("There is no such job opening.")
    changed = rows.apply_changes(opening, changes.model_dump(exclude_unset=True))
    event_service.record("job.opening_updated", job, opening_id=opening_id, changed=changed)
    return next(each for each in list_openings(job_id).data if each.id == opening_id)


def adjust_number(job: Job) -> None:
    """Add openings, or close unfilled ones, until there are as many as the job's `openings`; the job is locked."""
    live = db.session.scalars(
        _of(job.id).where(JobOpening.closed_at.is_(None)).order_by(JobOpening.number.desc())
    ).all()
    # Over closed openings, too: a number is never used twice.
    last = db.session.scalar(sa.select(sa.func.max(JobOpening.number)).where(JobOpening.job_id == job.id)) or 0
    more = job.openings - len(live)
    db.session.add_all(JobOpening(job_id=job.id, number=last + 1 + each) for each in range(more))
    # `live` is in descending order: the openings with the highest numbers are closed first.
    for opening in [each for each in live if each.filled_at is None][: max(0, -more)]:
        opening.closed_at = clock.now()
    db.session.flush()


def fill(job_id: UUID) -> UUID:
    """Fill the free opening with the lowest number and return its id; the job is locked."""
    free = _of(job_id).where(JobOpening.closed_at.is_(None), JobOpening.filled_at.is_(None))
    # There is one while `hired` is below `openings`, which the caller has checked.
    opening = db.session.scalars(free.order_by(JobOpening.number).limit(1)).one()
    opening.filled_at = clock.now()
    return opening.id


def free(opening_id: UUID) -> None:
    """Mark an opening as unfilled; its job is locked."""
    rows.get(JobOpening, opening_id).filled_at = None


def _of(job_id: UUID) -> sa.Select[JobOpening]:
    return sa.select(JobOpening).where(JobOpening.job_id == job_id)
