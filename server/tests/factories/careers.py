"""Postings, questions, tracking links, and applications from the careers page."""

from __future__ import annotations

import io
import itertools
from typing import Any
from uuid import UUID

from werkzeug.datastructures import FileStorage
from werkzeug.test import TestResponse, encode_multipart

from app.extensions import db
from app.models import Application
from app.schemas.careers_schema import ApplicantForm
from app.schemas.job_posting_schema import JobPostingCreate, TrackingLinkCreate
from app.schemas.job_question_schema import JobQuestionCreate
from app.schemas.survey_question_schema import SurveyQuestionCreate
from app.services.applications import application_form_service, survey_question_service
from app.services.core import rows
from app.services.jobs import job_posting_service, job_question_service, tracking_link_service
from tests.factories.job import make_job
from tests.factories.raw_writes import raw_writes
from tests.factories.tenant import SampleTenant

_numbers = itertools.count(1)


def make_posting(tenant: SampleTenant, job_id: UUID | None = None, published: bool = True, **values: Any) -> UUID:
    """Create a posting, published by default."""
    with tenant.bound():
        posting = job_posting_service.create(job_id or make_job(tenant), JobPostingCreate.model_validate(values))
        if published:
            job_posting_service.act(posting.id, "publish", None)
        posting_id: UUID = posting.id
    return posting_id


def make_question(
    tenant: SampleTenant, job_id: UUID, kind: str = "yes_no", label: str = "May you work here?", **values: Any
) -> UUID:
    """Create a screening question."""
    new = JobQuestionCreate.model_validate({"kind": kind, "label": label, **values})
    with tenant.bound():
        return job_question_service.add(job_id, new).id


def make_tracking_link(tenant: SampleTenant, name: str = "Fair in Bremen", source: str = "fair") -> Any:
    """Create a tracking link."""
    with tenant.bound():
        return tracking_link_service.create(TrackingLinkCreate(name=name, source=source))


def make_survey_question(tenant: SampleTenant, label: str = "How do you describe your gender?", *options: str) -> UUID:
    """Create a question of the voluntary survey."""
    new = SurveyQuestionCreate(label=label, options=list(options) or ["Woman", "Man", "Non-binary"])
    with tenant.bound():
        return survey_question_service.create(new).id


def apply_by_api(tenant: SampleTenant, posting: UUID, resume: bytes | None = None, **fields: Any) -> TestResponse:
    """Apply through the public API."""
    data = {"file": FileStorage(io.BytesIO(resume), "resume.txt")} if resume else {}
    return _send(
        tenant, f"/api/v1/public/careers/{tenant.slug}/jobs/{posting}/apply", {**applicant(), **fields, **data}
    )


def apply_by_form(tenant: SampleTenant, posting: UUID, resume: bytes = b"", **fields: Any) -> TestResponse:
    """Apply through the form of the careers page."""
    data = {"file": FileStorage(io.BytesIO(resume), "resume.txt" if resume else ""), **applicant(), **fields}
    return _send(tenant, f"/careers/{tenant.slug}/jobs/{posting}", data)


def _send(tenant: SampleTenant, path: str, data: dict[str, Any]) -> TestResponse:
    boundary, body = encode_multipart(data)
    headers = {"Content-Type": f"multipart/form-data; boundary={boundary}"}
    return tenant.app.test_client(use_cookies=False).post(path, data=body, headers=headers, follow_redirects=True)


def make_form(tenant: SampleTenant, application_id: UUID) -> None:
    """Add an application form, as if the application came from the careers page."""
    form = ApplicantForm.model_validate({**applicant(), "phone": "040 300800", "message": "Ahoi!"})
    with tenant.bound(), raw_writes():
        application_form_service.store(rows.get(Application, application_id), form, [], is_new_candidate=True)
        db.session.flush()
        db.session.commit()


def applicant(**values: Any) -> dict[str, Any]:
    """Return the fields of an applicant's form."""
    number = next(_numbers)
    person = {"name": f"Ida Applicant {number}", "email": f"ida{number}@applicants.example", "consent": "true"}
    return {**person, **values}
