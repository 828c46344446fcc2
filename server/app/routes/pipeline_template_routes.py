"""Pipelines of the tenant's own."""

from uuid import UUID

from flask import Blueprint

from app.middleware.endpoint.decorator import endpoint
from app.schemas.common import IfMatch, Page
from app.schemas.pipeline_schema import PipelineTemplateCreate, PipelineTemplateOut, PipelineTemplateUpdate
from app.services.jobs import pipeline_template_service

bp = Blueprint("pipeline_templates", __name__, url_prefix="/pipeline-templates")


@bp.get("")
@endpoint("jobs.read", out=Page[PipelineTemplateOut])
def list_all():
    """List the pipelines that jobs may take a copy of."""
    return pipeline_template_service.list_all()


@bp.post("")
@endpoint("pipeline_templates.update", out=PipelineTemplateOut, status=201)
def create(body: PipelineTemplateCreate):
    """Add a pipeline; the default one is taken by jobs that name no stages."""
    return pipeline_template_service.create(body)


@bp.get("/<uuid:template_id>")
@endpoint("jobs.read", out=PipelineTemplateOut)
def get(template_id: UUID):
    """One pipeline with its stages."""
    return pipeline_template_service.get(template_id)


@bp.patch("/<uuid:template_id>")
@endpoint("pipeline_templates.update", out=PipelineTemplateOut)
def update(template_id: UUID, body: PipelineTemplateUpdate, if_match: IfMatch):
    """Change a pipeline; jobs keep the stages that they have."""
    return pipeline_template_service.update(template_id, body, if_match)


@bp.delete("/<uuid:template_id>")
@endpoint("pipeline_templates.update", status=204)
def delete(template_id: UUID):
    """Delete a pipeline; jobs keep the stages that they have."""
    pipeline_template_service.delete(template_id)
