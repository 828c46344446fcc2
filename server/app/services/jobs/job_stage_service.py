"""Stages of a job: added, changed, ordered and removed without losing their history."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any
from uuid import UUID

import sqlalchemy as sa

from app.extensions import db
from app.models import Application, InterviewKit, Job, JobStage, StageHistoryEntry
from app.models.application import LIVE, ApplicationStatus
from app.models.job_stage import StageKind
from app.schemas.lists import Page
from app.schemas.pipeline_schema import (
    MAX_STAGES,
    InterviewAutomation,
    JobStageCreate,
    JobStageOrder,
    JobStageUpdate,
    MailAutomation,
    TaskAutomation,
)
from app.services.access import active_users
from app.services.core import listing, rows
from app.services.core.transaction import use_case
from app.services.events import event_service
from app.services.mail import mail_rule_service
from app.utils import scope
from app.utils.errors import Conflict, Invalid, NotFound

MAX_EVER = 200  # removed stages count: their history keeps them


def list_stages(job_id: UUID) -> Page[JobStage]:
    """Return the stages of a job in order, followed by the removed ones."""
    rows.get(Job, job_id)
    # The databases differ in where they sort nulls.
    order = (JobStage.position.is_(None), JobStage.position, JobStage.id)
    return listing.single_page(
        db.session.scalars(sa.select(JobStage).where(JobStage.job_id == job_id).order_by(*order))
    )


def copies(job: Job) -> list[dict[str, Any]]:
    """Return the stages of a job in order, as values for another job."""
    return [rows.values_of(stage, "job_id", "position", "last_position") for stage in job.stages]


def copy(job: Job, stages: Iterable[dict[str, Any]]) -> None:
    """Add the stages of a new job; inside a use case."""
    for position, stage in enumerate(stages):
        db.session.add(JobStage(job_id=job.id, position=position, **stage))
    db.session.flush()


@use_case
def add(job_id: UUID, new: JobStageCreate) -> JobStage:
    """Add a stage at the given position, by default last but before the hired stage."""
    job = rows.lock_for_update(Job, job_id)
    stages = _in_order(job_id)
    if len(stages) >= MAX_STAGES:
        raise Conflict(f"A job can have at most {MAX_STAGES} stages.", code="too_many_stages")
    ever = f"Including deleted stages, a job can have {MAX_EVER} stages"
    rows.enforce_limit(MAX_EVER, JobStage, ever, "too_many_stages", JobStage.job_id == job_id)
    check_named(new.automations)
    # `_place` sets the position: until then, another stage may have it, and positions are unique.
    stage = JobStage(job_id=job_id, position=None, **new.model_dump(mode="json", exclude={"position"}))
    db.session.add(stage)
    db.session.flush()  # the event needs the id
    before_hire = sum(each.kind != StageKind.HIRED for each in stages)
    usual = len(stages) if new.kind == StageKind.HIRED else before_hire
    stages.insert(usual if new.position is None else new.position, stage)
    _check_way(stages)
    _place(stages)
    event_service.record("job.stage_added", job, stage_id=stage.id, position=stage.position)
    return stage


@use_case
def update(job_id: UUID, stage_id: UUID, changes: JobStageUpdate) -> JobStage:
    """Update a stage; its applications stay in it."""
    job = rows.lock_for_update(Job, job_id)
    stage = _find(job_id, stage_id)
    # Not `exclude_unset`, which would also drop defaults within the automations.
    values: dict[str, Any] = changes.model_dump(mode="json", include=changes.model_fields_set)
    check_named(changes.automations or [])
    kind = values.get("kind", stage.kind)
    if kind != stage.kind and StageKind.HIRED in (kind, stage.kind):
        _check_empty(stage_id, LIVE)  # a hire has effects beyond the stage
    changed = rows.apply_changes(stage, values)
    _check_way(_in_order(job_id))
    event_service.record("job.stage_updated", job, stage_id=stage.id, changed=changed)
    return stage


@use_case
def order(job_id: UUID, request: JobStageOrder) -> Page[JobStage]:
    """Reorder the stages; Invalid unless each stage is listed once."""
    job = rows.lock_for_update(Job, job_id)
    stages = {stage.id: stage for stage in _in_order(job_id)}
    if sorted(stages) != sorted(request.stage_ids):
        wrong = {"pointer": "/stage_ids", "code": "not_all_stages", "detail": "must list each stage of the job once"}
        raise Invalid("The order must list each stage once.", code="not_all_stages", errors=[wrong])
    ordered = [stages[stage_id] for stage_id in request.stage_ids]
    _check_way(ordered)
    _place(ordered)
    event_service.record("job.stages_ordered", job, stage_ids=[str(each) for each in request.stage_ids])
    return list_stages(job_id)


@use_case
def remove(job_id: UUID, stage_id: UUID) -> None:
    """Remove a stage; Conflict if applications are in it. The row remains if the stage has a history."""
    job = rows.lock_for_update(Job, job_id)
    stage = _find(job_id, stage_id)
    # Hired applications count as being in the hired stage; elsewhere, only active ones do.
    _check_empty(stage_id, LIVE if stage.kind == StageKind.HIRED else (ApplicationStatus.ACTIVE,))
    rest = [each for each in _in_order(job_id) if each.id != stage_id]
    _check_way(rest)
    stage.position, stage.last_position = None, stage.position  # reports still order by it
    db.session.flush()
    _place(rest)
    event_service.record("job.stage_removed", job, stage_id=stage_id)
    with scope.unrestricted("a stage has a history, whoever sees of whom"):
        if not _has_history(stage_id):
            db.session.delete(stage)


def _check_empty(stage_id: UUID, statuses: tuple[ApplicationStatus, ...]) -> None:
    """Raise Conflict if applications are in a stage; it stays locked, so that none can enter meanwhile."""
    rows.lock_for_delete(JobStage, stage_id)
    at_it = sa.select(Application.id).where(Application.stage_id == stage_id, Application.status.in_(statuses))
    with scope.unrestricted("a stage is in use, whoever sees by whom"):
        if db.session.scalar(at_it.limit(1)) is not None:
            raise Conflict("Move the applications first: this stage is in use.", code="stage_in_use")


def _has_history(stage_id: UUID) -> bool:
    used = [
        sa.select(model.id).where(model.stage_id == stage_id).limit(1) for model in (Application, StageHistoryEntry)
    ]
    return any(db.session.scalar(statement) is not None for statement in used)


def _find(job_id: UUID, stage_id: UUID) -> JobStage:
    own = sa.select(JobStage).where(JobStage.job_id == job_id, JobStage.id == stage_id, JobStage.position.is_not(None))
    stage = db.session.scalars(own).one_or_none()
    if stage is None:
        raise NotFound("There is no such job stage.")
    return stage


def _in_order(job_id: UUID) -> list[JobStage]:
    own = sa.select(JobStage).where(JobStage.job_id == job_id, JobStage.position.is_not(None))
    return list(db.session.scalars(own.order_by(JobStage.position)))


def _place(stages: list[JobStage]) -> None:
    """Number the stages. Positions are cleared first, so that no two stages ever share one."""
    for stage in stages:
        stage.position = None
    db.session.flush()
    for position, stage in enumerate(stages):
        stage.position = position
    db.session.flush()


def _check_way(stages: list[JobStage]) -> None:
    if all(stage.kind == StageKind.HIRED for stage in stages):
        raise Conflict("At least one stage must come before the hired stage.", code="no_stage_left")
    kinds = [stage.kind == StageKind.HIRED for stage in stages]  # False sorts before True
    if kinds != sorted(kinds):
        raise Conflict("No stage can come after the hired stage.", code="after_hired_stage")


def check_named(automations: Iterable[Any]) -> None:
    """Raise NotFound or Conflict unless the interview kits and users that automations name exist and are active."""
    # Automations are stored as JSON: no foreign key checks what they name.
    for each in automations:
        if isinstance(each, InterviewAutomation):
            rows.get(InterviewKit, each.kit_id)
        if isinstance(each, MailAutomation):
            mail_rule_service.check_template(each.template)
        if isinstance(each, TaskAutomation) and each.assignee_id is not None:
            active_users.require(each.assignee_id, "tasks")
