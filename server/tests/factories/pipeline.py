"""Pipeline and job templates, bulk operations, rejection reasons and openings."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from app.models.rejection_reason import ReasonKind
from app.schemas.application_bulk_schema import ApplicationBulkReject
from app.schemas.job_template_schema import JobTemplateCreate
from app.schemas.pipeline_schema import PipelineTemplateCreate
from app.schemas.rejection_reason_schema import RejectionReasonCreate
from app.services.applications import application_bulk_service, rejection_reason_service
from app.services.jobs import job_opening_service, job_template_service, pipeline_template_service
from tests.factories.application import make_application
from tests.factories.tenant import SampleTenant

STAGES: list[dict[str, Any]] = [
    {"name": "Inbox", "kind": "applied"},
    {"name": "Call", "kind": "screen"},
    {"name": "Done", "kind": "hired"},
]


def make_pipeline(tenant: SampleTenant, name: str = "Short", **values: Any) -> UUID:
    """Create a pipeline template."""
    new = PipelineTemplateCreate.model_validate({"name": name, "stages": STAGES, **values})
    with tenant.bound():
        return pipeline_template_service.create(new).id


def make_job_template(tenant: SampleTenant, name: str = "Engineer", **job: Any) -> UUID:
    """Create a job template."""
    new = JobTemplateCreate.model_validate({"name": name, "job": {"title": "Engineer", **job}})
    with tenant.bound():
        template_id: UUID = job_template_service.create(new).id
    return template_id


def make_bulk_move(tenant: SampleTenant) -> UUID:
    """Create a bulk operation that rejects one application."""
    wish = ApplicationBulkReject(application_ids=[make_application(tenant)], reason="The position is filled.")
    with tenant.bound():
        operation_id: UUID = application_bulk_service.reject(wish).id
    return operation_id


def make_reason(tenant: SampleTenant, name: str = "Not enough experience", kind: str = "rejected") -> UUID:
    """Create a rejection reason."""
    with tenant.bound():
        return rejection_reason_service.create(RejectionReasonCreate(name=name, kind=ReasonKind(kind))).id


def job_opening_id(tenant: SampleTenant, job_id: UUID) -> UUID:
    """Return the first opening of a job."""
    with tenant.bound():
        opening_id: UUID = job_opening_service.list_openings(job_id).data[0].id
    return opening_id
