"""Job templates: stored, created from a job, and used to create jobs."""

from __future__ import annotations

from typing import Any
from uuid import UUID

import sqlalchemy as sa

from app.extensions import db
from app.models import Job, JobTemplate
from app.schemas.job_question_schema import JobQuestionFields
from app.schemas.job_schema import JobCreate, PayRangeOut
from app.schemas.job_template_schema import (
    JobFromTemplate,
    JobTemplateCreate,
    JobTemplateFromJob,
    JobTemplateItem,
    JobTemplateJob,
    JobTemplateOut,
    JobTemplateUpdate,
)
from app.schemas.lists import Page
from app.schemas.pipeline_schema import StageIn
from app.services.core import listing, rows
from app.services.core.transaction import use_case
from app.services.events import event_service
from app.services.jobs import job_question_service, job_service
from app.utils.text import name_key

MAX_TEMPLATES = 200
NAMED = ("department_id", "location_id", "pipeline_template_id")  # references: columns of their own, with foreign keys


def list_all() -> Page[JobTemplateItem]:
    """Return all templates, ordered by name."""
    columns = (JobTemplate.id, JobTemplate.name, JobTemplate.version, JobTemplate.created_at, JobTemplate.updated_at)
    return listing.single_page(db.session.execute(sa.select(*columns).order_by(JobTemplate.key)))


def get(template_id: UUID) -> JobTemplateOut:
    """Return a template."""
    return _shown(rows.get(JobTemplate, template_id))


@use_case
def create(new: JobTemplateCreate) -> JobTemplateOut:
    """Add a template."""
    rows.enforce_limit(
        MAX_TEMPLATES, JobTemplate, f"A tenant can have {MAX_TEMPLATES} job templates", "too_many_templates"
    )
    template = JobTemplate(name=new.name, key=name_key(new.name), **_columns(new.job), questions=_dumped(new.questions))
    db.session.add(template)
    db.session.flush()  # the event needs the id
    event_service.record("job_template.created", template)
    return _shown(template)


@use_case
def create_from(job_id: UUID, request: JobTemplateFromJob) -> JobTemplateOut:
    """Create a template from the fields, stages and questions of a job."""
    job = job_service.get(job_id)
    apart = ("pipeline_template_id", "stages")  # the job's present stages are copied below, wherever they came from
    facts: dict[str, Any] = {name: getattr(job, name) for name in JobTemplateJob.model_fields if name not in apart}
    if job.pay_range is not None:  # amounts of a request are strings, those of a row decimals
        facts["pay_range"] = PayRangeOut.model_validate(job.pay_range).model_dump(mode="json")
    facts["stages"] = [{name: getattr(stage, name) for name in StageIn.model_fields} for stage in job.stages]
    asked = [
        JobQuestionFields.model_validate(
            {name: getattr(question, name) for name in JobQuestionFields.model_fields if name != "passes"}
            | {"passes": question.passes or None}  # no rule is {} in the table, None in the schema
        )
        for question in job_question_service.asked(job_id)
    ]
    return create(JobTemplateCreate(name=request.name, job=JobTemplateJob.model_validate(facts), questions=asked))


@use_case
def use(template_id: UUID, request: JobFromTemplate) -> Job:
    """Create a draft job from a template."""
    template = rows.get(JobTemplate, template_id)
    named = {name: getattr(template, name) for name in NAMED}
    own = request.model_dump(exclude_unset=True)
    job = job_service.create(JobCreate.model_validate({**template.job, **named, **own}))
    job_question_service.add_all(job.id, [JobQuestionFields.model_validate(each) for each in template.questions])
    return job


@use_case
def update(template_id: UUID, changes: JobTemplateUpdate, if_match: int | None) -> JobTemplateOut:
    """Update a template."""
    template = rows.lock_for_update(JobTemplate, template_id, if_match)
    values: dict[str, Any] = {}
    if changes.name is not None:
        values |= {"name": changes.name, "key": name_key(changes.name)}
    if changes.job is not None:
        values |= _columns(changes.job)
    if changes.questions is not None:
        values["questions"] = _dumped(changes.questions)
    event_service.record("job_template.updated", template, changed=rows.apply_changes(template, values))
    return _shown(template)


@use_case
def delete(template_id: UUID) -> None:
    """Delete a template; jobs created from it are unaffected."""
    template = rows.lock_for_update(JobTemplate, template_id)
    event_service.record("job_template.deleted", template)
    db.session.delete(template)


def _columns(job: JobTemplateJob) -> dict[str, Any]:
    return {name: getattr(job, name) for name in NAMED} | {"job": job.model_dump(mode="json", exclude=set(NAMED))}


def _dumped(questions: list[JobQuestionFields]) -> list[dict[str, Any]]:
    return [question.model_dump(mode="json") for question in questions]


def _shown(template: JobTemplate) -> JobTemplateOut:
    names = ("id", "name", "questions", "version", "created_at", "updated_at")
    job = {**template.job, **{name: getattr(template, name) for name in NAMED}}
    return JobTemplateOut(**{name: getattr(template, name) for name in names}, job=job)
