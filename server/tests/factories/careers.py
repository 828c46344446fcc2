"""Postings, questions, tracking links and applications from the world."""

from __future__ import annotations

import itertools
from typing import Any
from uuid import UUID

from app.schemas.job_posting_schema import JobPostingCreate, TrackingLinkCreate
from app.schemas.job_question_schema import JobQuestionCreate
from app.services import job_posting_service, job_question_service, tracking_link_service
from tests.factories.job import make_job
from tests.factories.tenant import Kit

_numbers = itertools.count(1)


def make_posting(kit: Kit, job_id: UUID | None = None, published: bool = True, **values: Any) -> UUID:
    """A posting, published."""
    with kit.bound():
        posting = job_posting_service.create(job_id or make_job(kit), JobPostingCreate.model_validate(values))
        if published:
            job_posting_service.act(posting.id, "publish", None)
        posting_id: UUID = posting.id
    return posting_id


def make_question(
    kit: Kit, job_id: UUID, kind: str = "yes_no", label: str = "May you work here?", **values: Any
) -> UUID:
    """A screening question."""
    new = JobQuestionCreate.model_validate({"kind": kind, "label": label, **values})
    with kit.bound():
        return job_question_service.add(job_id, new).id


def make_tracking_link(kit: Kit, name: str = "Fair in Bremen", source: str = "fair") -> Any:
    """A tracking link."""
    with kit.bound():
        return tracking_link_service.create(TrackingLinkCreate(name=name, source=source))


def applicant(**values: Any) -> dict[str, Any]:
    """The fields of somebody who applies."""
    number = next(_numbers)
    person = {"name": f"Ida Applicant {number}", "email": f"ida{number}@applicants.example", "consent": "true"}
    return {**person, **values}
