"""Pipeline templates of the tenant, and the stages of a new job."""

from __future__ import annotations

from typing import Any
from uuid import UUID

import sqlalchemy as sa

from app.extensions import db
from app.models import JobTemplate, PipelineTemplate
from app.models.job_stage import DEFAULT_PIPELINE
from app.schemas.lists import Page
from app.schemas.pipeline_schema import PipelineTemplateCreate, PipelineTemplateUpdate, StageIn
from app.services.core import listing, rows
from app.services.core.transaction import use_case
from app.services.events import event_service
from app.services.jobs import job_stage_service
from app.utils.errors import Conflict
from app.utils.text import name_key

MAX_TEMPLATES = 100


def list_all() -> Page[PipelineTemplate]:
    """Return all templates, ordered by name."""
    return listing.single_page(db.session.scalars(sa.select(PipelineTemplate).order_by(PipelineTemplate.key)))


def get(template_id: UUID) -> PipelineTemplate:
    """Return a template."""
    return rows.get(PipelineTemplate, template_id)


def stages_for(template_id: UUID | None) -> list[dict[str, Any]]:
    """Return the stages of a template, or else of the tenant's default template, or else of the standard pipeline."""
    if template_id is not None:
        return rows.get(PipelineTemplate, template_id).stages
    default = db.session.scalars(sa.select(PipelineTemplate).where(PipelineTemplate.is_default)).one_or_none()
    return default.stages if default else [{"name": name, "kind": kind} for name, kind in DEFAULT_PIPELINE]


@use_case
def create(new: PipelineTemplateCreate) -> PipelineTemplate:
    """Add a template."""
    rows.enforce_limit(
        MAX_TEMPLATES, PipelineTemplate, f"A tenant can have {MAX_TEMPLATES} pipeline templates", "too_many_pipelines"
    )
    if new.is_default:
        _end_default()
    _check(new.stages)
    template = PipelineTemplate(key=name_key(new.name), **new.model_dump(mode="json"))
    db.session.add(template)
    db.session.flush()  # the event needs the id
    event_service.record("pipeline_template.created", template)
    return template


@use_case
def update(template_id: UUID, changes: PipelineTemplateUpdate, if_match: int | None) -> PipelineTemplate:
    """Update a template; existing jobs keep their stages."""
    template = rows.lock_for_update(PipelineTemplate, template_id, if_match)
    # Not `exclude_unset`, which would also drop defaults within the stages.
    values: dict[str, Any] = changes.model_dump(mode="json", include=changes.model_fields_set)
    if "name" in values:
        values["key"] = name_key(values["name"])
    _check(changes.stages or [])
    if values.get("is_default"):
        _end_default()
    event_service.record("pipeline_template.updated", template, changed=rows.apply_changes(template, values))
    return template


@use_case
def delete(template_id: UUID) -> None:
    """Delete a template; Conflict if a job template uses it. Existing jobs keep their stages."""
    template = rows.lock_for_update(PipelineTemplate, template_id)
    if rows.is_referenced(JobTemplate.pipeline_template_id, template):
        raise Conflict("This pipeline template is in use by job templates.", code="pipeline_in_use")
    event_service.record("pipeline_template.deleted", template)
    db.session.delete(template)


def _check(stages: list[StageIn]) -> None:
    job_stage_service.check_named(automation for stage in stages for automation in stage.automations)


def _end_default() -> None:
    """Unset the default template, and flush: a tenant never has two, even within a transaction."""
    for template in db.session.scalars(sa.select(PipelineTemplate).where(PipelineTemplate.is_default)):
        template.is_default = False
    db.session.flush()
