"""Closing a job: what becomes of its active applications."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from uuid import UUID

import sqlalchemy as sa

from app.extensions import db
from app.models import Application, Job
from app.models.application import ApplicationStatus
from app.models.job import JOB_MACHINE
from app.schemas.job_closing_schema import JobClosing, Leftover
from app.schemas.job_schema import JobAction, JobClosed, JobOut, LeftoverCounts
from app.services.access import rights
from app.services.applications import application_service, rejection_reason_service
from app.services.core import rows
from app.services.core.transaction import use_case
from app.services.jobs import job_service
from app.services.workflow import state_engine
from app.utils import scope
from app.utils.errors import Conflict, Invalid

MOST = {Leftover.REJECT: 500, Leftover.TRANSFER: 100}  # done in the request


def close(job_id: UUID, request: JobClosing, if_match: int | None) -> JobClosed:
    """Close a job, or with a dry run count what would become of its active applications.

    Invalid if there are some and the request does not say what becomes of them; Conflict if there are too many.
    """
    return _foresee(job_id, request) if request.dry_run else _close(job_id, request, if_match)


def _foresee(job_id: UUID, request: JobClosing) -> JobClosed:
    job = job_service.get(job_id)
    state_engine.check(JOB_MACHINE, job, "close", request.reason)
    with scope.unrestricted("closing a job settles all of its applications"):
        active = db.session.scalars(sa.select(Application).where(_is_active(job_id))).all()
        there = application_service.candidates_at(request.to_job_id) if request.to_job_id else set()
    changed = [each for each in active if each.candidate_id not in there]
    return _out(job, len(active), request.applications, len(changed))


@use_case
def _close(job_id: UUID, request: JobClosing, if_match: int | None) -> JobClosed:
    for each in sorted({job_id, request.to_job_id or job_id}):  # in one order, whichever is closed
        rows.lock_row(Job, each)
    with scope.unrestricted("closing a job settles all of its applications"):
        active = rows.lock_all(Application, _is_active(job_id))
        if active and request.applications is None:
            raise _undecided(len(active))
        changed = _settle(active, request)
    job = job_service.act(job_id, "close", JobAction(reason=request.reason), if_match)
    return _out(job, len(active), request.applications, changed)


def _settle(active: Sequence[Application], request: JobClosing) -> int:
    """Reject or transfer the applications, and return how many."""
    wanted = request.applications
    if wanted not in MOST or not active:
        return 0
    rights.require("applications.move")
    if len(active) > MOST[wanted]:
        raise Conflict(
            f"The job has {len(active)} active applications. Settle them in groups of at most {MOST[wanted]} first.",
            code="too_many_applications",
        )
    rows.count_up(active)
    if wanted == Leftover.TRANSFER:
        assert request.to_job_id is not None  # the schema requires it
        job = application_service.open_job(request.to_job_id)
        return len(application_service.transfer_all(active, job.id, request.reason))
    named = rejection_reason_service.named(request.reason_id, "reject")
    application_service.reject_all(active, named, named.name if named else request.reason)
    return len(active)


def _is_active(job_id: UUID) -> sa.ColumnElement[bool]:
    return sa.and_(Application.job_id == job_id, Application.status == ApplicationStatus.ACTIVE)


def _undecided(count: int) -> Invalid:
    wrong = {"pointer": "/applications", "code": "missing", "detail": "Say keep, reject or transfer."}
    return Invalid(
        f"The job has {count} active applications. Say what becomes of them.",
        code="applications_undecided",
        errors=[wrong],
    )


def _out(job: Any, active: int, wanted: Leftover | None, changed: int) -> JobClosed:
    counts = LeftoverCounts(
        active=active,
        kept=active - (changed if wanted in MOST else 0),
        rejected=changed if wanted == Leftover.REJECT else 0,
        transferred=changed if wanted == Leftover.TRANSFER else 0,
    )
    return JobClosed.model_validate({**JobOut.model_validate(job).model_dump(), "applications": counts})
