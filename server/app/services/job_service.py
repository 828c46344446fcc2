"""Jobs: what a tenant hires for, and their way from draft to archive."""

from __future__ import annotations

from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import selectinload

from app.extensions import db
from app.models import Application, Job, JobStage
from app.models.job import JOB_MACHINE, JobStatus
from app.models.job_stage import DEFAULT_PIPELINE
from app.schemas.common import Page
from app.schemas.job_schema import JobAction, JobCreate, JobQuery, JobUpdate
from app.schemas.state_schema import ActionsQuery
from app.services import event_service, listing, outbox_service, rows, state_engine
from app.services.transaction import use_case
from app.utils.errors import Conflict, Invalid

NULLABLE = frozenset({"description", "location", "min_years", "max_years", "owner_id"})


def get(job_id: UUID) -> Job:
    """One job with its stages."""
    return rows.get(Job, job_id, selectinload(Job.stages))


def show(job_id: UUID, query: ActionsQuery) -> Any:
    """One job, on wish with why the other actions are not allowed."""
    return state_engine.shown(JOB_MACHINE, get(job_id), query)


def list_jobs(query: JobQuery) -> Page[Job]:
    """Jobs of the tenant, filtered."""
    statement = sa.select(Job)
    if query.status is not None:
        statement = statement.where(Job.status == query.status)
    if query.owner_id is not None:
        statement = statement.where(Job.owner_id == query.owner_id)
    return listing.paginate(statement, Job, query)


@use_case
def create(new: JobCreate) -> Job:
    """Add a draft with its pipeline."""
    job = Job(**new.model_dump(exclude={"stages"}), status=JobStatus.DRAFT)
    pipeline = [(stage.name, stage.kind) for stage in new.stages] if new.stages else DEFAULT_PIPELINE
    job.stages = [JobStage(name=name, kind=kind, position=position) for position, (name, kind) in enumerate(pipeline)]
    db.session.add(job)
    db.session.flush()  # the event needs the id
    event_service.use("jobs")
    event_service.record("job.created", job)
    outbox_service.enqueue("job/changed", job_id=job.id)
    return job


@use_case
def update(job_id: UUID, changes: JobUpdate, if_match: int | None) -> Job:
    """Change a job; its matches are ranked anew."""
    job = rows.lock(Job, job_id, if_match)
    values: dict[str, Any] = changes.model_dump(exclude_unset=True)
    rows.refuse_nulls(values, NULLABLE)
    if values.get("openings", job.openings) < job.hired:
        raise Conflict(f"{job.hired} are hired already.", code="openings_below_hired")
    changed = rows.apply(job, values)
    if job.min_years is not None and job.max_years is not None and job.max_years < job.min_years:
        raise Invalid("max_years must not be below min_years.", code="years_range")
    settle_openings(job)
    event_service.record("job.updated", job, changed=changed, status=job.status)
    outbox_service.enqueue("job/changed", job_id=job.id)
    return get(job_id)


@use_case
def act(job_id: UUID, action: str, details: JobAction, if_match: int | None) -> Job:
    """Take one step of the job's state machine."""
    job = rows.lock(Job, job_id, if_match)
    state_engine.take(JOB_MACHINE, job, action, details.reason)
    outbox_service.enqueue("job/changed", job_id=job.id)
    return get(job_id)


@state_engine.effect
def settle_openings(job: Job) -> None:
    """A job is filled exactly while its last opening is taken; inside a use case."""
    if job.status == JobStatus.OPEN and job.hired >= job.openings:
        state_engine.take_by_itself(JOB_MACHINE, job, "fill")
    elif job.status == JobStatus.FILLED and job.hired < job.openings:
        state_engine.take_by_itself(JOB_MACHINE, job, "reopen_by_unhire")


@use_case
def delete(job_id: UUID) -> None:
    """Delete a draft or a cancelled job that nobody has applied for."""
    job = rows.lock(Job, job_id)
    if job.status not in (JobStatus.DRAFT, JobStatus.CANCELLED):
        raise Conflict(
            "Only a draft can be deleted; archive the job instead.",
            code="not_a_draft",
            current_state=job.status,
            allowed_actions=[],
        )
    if db.session.scalar(sa.select(Application.id).where(Application.job_id == job_id).limit(1)):
        raise Conflict("The job has applications.", code="has_applications")
    event_service.use("jobs", -1)
    event_service.record("job.deleted", job)
    db.session.delete(job)
