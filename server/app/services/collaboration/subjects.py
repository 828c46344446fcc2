"""What a note or task is about: a candidate, an application or a job."""

from __future__ import annotations

from typing import Any
from uuid import UUID

import sqlalchemy as sa

from app.models import Application, Candidate, Job
from app.models.about_one import AboutOne as Subject
from app.schemas.about_one import AboutOne
from app.services.access import rights
from app.services.candidates import candidate_expansions
from app.services.core import rows
from app.services.core.expansion import Expansion
from app.services.jobs import job_expansions
from app.utils.addresses import addresses

READ_JOBS = "jobs.read"
EXPANSIONS: dict[str, Expansion] = {
    "candidate": ("candidate_id", candidate_expansions.candidates, None),
    "job": ("job_id", job_expansions.jobs, None),
}


def columns(named: AboutOne) -> dict[str, UUID]:
    """Return the columns of the subject that a request names; NotFound if the actor does not see it."""
    if named.job_id is not None:
        rights.require(READ_JOBS)
        return {"job_id": rows.get(Job, named.job_id).id}
    if named.application_id is not None:
        application = rows.get(Application, named.application_id)
        return {"application_id": application.id, "candidate_id": application.candidate_id}
    assert named.candidate_id is not None  # the schema requires one of the three
    return {"candidate_id": rows.get(Candidate, named.candidate_id).id}


def of_readable_jobs(model: Any) -> Any:
    """Return the condition that leaves out rows about jobs for callers who may not read jobs."""
    return model.job_id.is_(None) if rights.lacks(READ_JOBS) else sa.true()


def link(row: Subject) -> str:
    """Return the address of the subject in the single-page app."""
    if row.job_id is not None:
        return f"{addresses.app}/jobs/{row.job_id}"
    if row.application_id is not None:
        return f"{addresses.app}/applications/{row.application_id}"
    return f"{addresses.app}/candidates/{row.candidate_id}"
