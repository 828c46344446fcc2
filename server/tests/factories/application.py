"""Applications."""

from __future__ import annotations

from uuid import UUID

from app.schemas.application_schema import ApplicationCreate
from app.services.applications import application_service
from tests.factories.candidate import make_candidate
from tests.factories.job import make_job
from tests.factories.tenant import SampleTenant


def make_application(tenant: SampleTenant, candidate_id: UUID | None = None, job_id: UUID | None = None) -> UUID:
    """Create an application of a candidate for an open job."""
    new = ApplicationCreate(candidate_id=candidate_id or make_candidate(tenant), job_id=job_id or make_job(tenant))
    with tenant.bound():
        return application_service.create(new).id
