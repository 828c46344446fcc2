"""What lists can add about jobs: each loader is one statement."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Mapping
from typing import Any
from uuid import UUID

import sqlalchemy as sa

from app.extensions import db
from app.models import Application, Job, JobStage
from app.models.application import ApplicationStatus


def jobs(ids: Collection[UUID]) -> Mapping[UUID, Any]:
    """Return the jobs."""
    columns = (Job.id, Job.title, Job.status, Job.owner_id)
    return {row.id: row for row in db.session.execute(sa.select(*columns).where(Job.id.in_(ids)))}


def stages(ids: Collection[UUID]) -> Mapping[UUID, Any]:
    """Return the stages."""
    columns = (JobStage.id, JobStage.name, JobStage.kind, JobStage.position)
    return {row.id: row for row in db.session.execute(sa.select(*columns).where(JobStage.id.in_(ids)))}


def counts_of(job_ids: Collection[UUID]) -> Mapping[UUID, dict[str, dict[ApplicationStatus, int]]]:
    """Return the numbers of each job's visible applications by status."""
    counted = sa.select(Application.job_id, Application.status, sa.func.count(Application.id))
    grouped = counted.where(Application.job_id.in_(job_ids)).group_by(Application.job_id, Application.status)
    found: defaultdict[UUID, dict[ApplicationStatus, int]] = defaultdict(lambda: dict.fromkeys(ApplicationStatus, 0))
    for job_id, status, number in db.session.execute(grouped):
        found[job_id][status] = number
    return {job_id: {"by_status": numbers} for job_id, numbers in found.items()}
