"""Jobs."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from app.schemas.job_schema import JobAction, JobCreate
from app.services.jobs import job_service
from tests.factories.tenant import SampleTenant


def job_body(**values: Any) -> dict[str, Any]:
    body = {
        "title": "Data Engineer",
        "description": "You build the pipelines, in Python and SQL.",
        "required_skills": ["Python", "SQL"],
        "preferred_skills": ["Kafka"],
        "min_years": 3,
    }
    return {**body, **values}


def make_job(tenant: SampleTenant, opened: bool = True, **values: Any) -> UUID:
    """Create a job, open by default."""
    with tenant.bound():
        job = job_service.create(JobCreate.model_validate(job_body(**values)))
        if opened:
            job_service.act(job.id, "open", JobAction(), None)
        return job.id
