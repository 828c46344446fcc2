"""Applications."""

from __future__ import annotations

from uuid import UUID

import sqlalchemy as sa

from app.extensions import db
from app.models import Application, JobQuestion, Screening
from app.schemas.application_schema import ApplicationCreate
from app.schemas.job_question_schema import JobQuestionCreate
from app.services.applications import application_service, screening_service
from app.services.core import rows
from app.services.core.transaction import use_case
from app.services.jobs import job_question_service
from tests.factories.candidate import make_candidate
from tests.factories.job import make_job
from tests.factories.tenant import SampleTenant


def make_screening(tenant: SampleTenant, application_id: UUID | None = None, label: str = "Years?") -> UUID:
    """Create an application whose answer fails a question, and return its screening."""
    application_id = application_id or make_application(tenant)
    with tenant.bound():
        job_id = rows.get(Application, application_id).job_id
        new = {"kind": "number", "label": label, "passes": {"min": "3"}}
        question = job_question_service.add(job_id, JobQuestionCreate.model_validate(new))
        return _screening(application_id, question.id)


@use_case
def _screening(application_id: UUID, question_id: UUID) -> UUID:
    application, question = rows.lock_row(Application, application_id), rows.get(JobQuestion, question_id)
    failed = job_question_service.store_answers(application, [question], {question_id: "2"})
    screening_service.open_screening(application, failed, is_automatic=False)
    found: UUID = db.session.scalars(sa.select(Screening.id).where(Screening.application_id == application_id)).one()
    return found


def make_application(tenant: SampleTenant, candidate_id: UUID | None = None, job_id: UUID | None = None) -> UUID:
    """Create an application of a candidate for an open job."""
    new = ApplicationCreate(candidate_id=candidate_id or make_candidate(tenant), job_id=job_id or make_job(tenant))
    with tenant.bound():
        return application_service.create(new).id
