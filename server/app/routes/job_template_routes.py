"""Job templates."""

from uuid import UUID

from flask import Blueprint

from app.middleware.endpoint.decorator import endpoint
from app.schemas.common import IfMatch
from app.schemas.job_schema import JobOut
from app.schemas.job_template_schema import (
    JobFromTemplate,
    JobTemplateCreate,
    JobTemplateFromJob,
    JobTemplateItem,
    JobTemplateOut,
    JobTemplateUpdate,
)
from app.schemas.lists import Page
from app.services.jobs import job_template_service

bp = Blueprint("job_templates", __name__)


@bp.get("/job-templates")
@endpoint("jobs.read", out=Page[JobTemplateItem])
def list_all():
    """List job templates."""
    return job_template_service.list_all()


@bp.post("/job-templates")
@endpoint("job_templates.update", out=JobTemplateOut, status=201)
def create(body: JobTemplateCreate):
    """Add a job template with fields, pipeline and questions."""
    return job_template_service.create(body)


@bp.post("/jobs/<uuid:job_id>/template")
@endpoint("job_templates.update", out=JobTemplateOut, status=201)
def create_from(job_id: UUID, body: JobTemplateFromJob):
    """Create a job template from the fields, stages and questions of a job."""
    return job_template_service.create_from(job_id, body)


@bp.get("/job-templates/<uuid:job_template_id>")
@endpoint("jobs.read", out=JobTemplateOut)
def get(job_template_id: UUID):
    """Get a job template."""
    return job_template_service.get(job_template_id)


@bp.post("/job-templates/<uuid:job_template_id>/jobs")
@endpoint("jobs.create", out=JobOut, status=201)
def use(job_template_id: UUID, body: JobFromTemplate):
    """Create a draft job from a template."""
    return job_template_service.use(job_template_id, body)


@bp.patch("/job-templates/<uuid:job_template_id>")
@endpoint("job_templates.update", out=JobTemplateOut)
def update(job_template_id: UUID, body: JobTemplateUpdate, if_match: IfMatch):
    """Update a job template.

    Existing jobs are not affected.
    """
    return job_template_service.update(job_template_id, body, if_match)


@bp.delete("/job-templates/<uuid:job_template_id>")
@endpoint("job_templates.update", status=204)
def delete(job_template_id: UUID):
    """Delete a job template.

    Existing jobs are not affected.
    """
    job_template_service.delete(job_template_id)
