"""Pipeline templates of the tenant."""

from uuid import UUID

from flask import Blueprint

from app.middleware.endpoint.decorator import endpoint
from app.schemas.common import IfMatch
from app.schemas.lists import Page
from app.schemas.pipeline_schema import PipelineTemplateCreate, PipelineTemplateOut, PipelineTemplateUpdate
from app.services.jobs import pipeline_template_service

bp = Blueprint("pipeline_templates", __name__, url_prefix="/pipeline-templates")


@bp.get("")
@endpoint("jobs.read", out=Page[PipelineTemplateOut])
def list_all():
    """List pipeline templates."""
    return pipeline_template_service.list_all()


@bp.post("")
@endpoint("pipeline_templates.update", out=PipelineTemplateOut, status=201)
def create(body: PipelineTemplateCreate):
    """Add a pipeline template.

    New jobs that name no stages use the default template.
    """
    return pipeline_template_service.create(body)


@bp.get("/<uuid:template_id>")
@endpoint("jobs.read", out=PipelineTemplateOut)
def get(template_id: UUID):
    """Get a pipeline template with its stages."""
    return pipeline_template_service.get(template_id)


@bp.patch("/<uuid:template_id>")
@endpoint("pipeline_templates.update", out=PipelineTemplateOut)
def update(template_id: UUID, body: PipelineTemplateUpdate, if_match: IfMatch):
    """Update a pipeline template.

    Existing jobs keep their stages.
    """
    return pipeline_template_service.update(template_id, body, if_match)


@bp.delete("/<uuid:template_id>")
@endpoint("pipeline_templates.update", status=204)
def delete(template_id: UUID):
    """Delete a pipeline template.

    Existing jobs keep their stages.
    """
    pipeline_template_service.delete(template_id)
