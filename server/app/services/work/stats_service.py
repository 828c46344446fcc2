"""Numbers of the tenant, the team and the acting user, each with the list that it equals."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import sqlalchemy as sa

from app.extensions import db
from app.models import Application, Candidate, Interview, Job, Offer, Task
from app.models.application import ApplicationStatus
from app.models.candidate import CandidateStatus
from app.models.interview import InterviewStatus
from app.models.job import JobStatus
from app.models.offer import SENT
from app.schemas.application_schema import ApplicationQuery
from app.schemas.candidate_schema import CandidateQuery
from app.schemas.interview_schema import InterviewQuery
from app.schemas.job_schema import JobQuery
from app.schemas.lists import ListQuery
from app.schemas.offer_schema import OfferQuery
from app.schemas.task_schema import TaskQuery
from app.schemas.work_schema import Stat, StatsOfScope, StatsOut
from app.services.access import rights
from app.services.applications import application_lists
from app.services.candidates import candidate_read_service
from app.services.collaboration import task_service
from app.services.core import listing
from app.services.interviews import interview_service
from app.services.jobs import job_service
from app.services.offers import offer_service
from app.utils import clock

# Of the lists about jobs; one's own are those of one's own jobs and hiring teams, and of one's own interviews.
SCOPES: dict[str, dict[str, Any]] = {"tenant": {}, "team": {"owned_by": "team"}, "me": {"mine": True}}
HIRES, AHEAD = timedelta(days=30), timedelta(days=7)


def get() -> StatsOut:
    """Return all numbers, which one statement counts."""
    lists = {
        (name, figure): (model, path, query, statement)
        for name, own in SCOPES.items()
        for figure, model, path, query, statement in _lists(name, own)
    }
    counts = [
        listing.counting(statement, model, query).label(f"{name}_{figure}")
        for (name, figure), (model, _, query, statement) in lists.items()
    ]
    values = dict(zip(lists, db.session.execute(sa.select(*counts)).one() if counts else (), strict=True))
    found: dict[str, dict[str, Stat | None]] = {name: dict.fromkeys(StatsOfScope.model_fields) for name in SCOPES}
    for (name, figure), (_, path, query, _) in lists.items():
        found[name][figure] = Stat(value=values[name, figure], url=listing.address(path, query))
    return StatsOut(**{name: StatsOfScope(**figures) for name, figures in found.items()})


def _lists(name: str, own: dict[str, Any]) -> list[tuple[str, Any, str, ListQuery, Any]]:
    """Return name, model, path, query and statement of each list that the actor may read."""
    now = clock.now()
    owner: dict[str, Any] = {} if name == "tenant" else {"owned_by": name}
    assigned: dict[str, Any] = {} if name == "tenant" else {"assigned_to": name}
    candidates = CandidateQuery(status=[CandidateStatus.ACTIVE], **owner)
    jobs = JobQuery(status=[JobStatus.OPEN], **own)
    active = ApplicationQuery(status=[ApplicationStatus.ACTIVE], **own)
    since: dict[str, Any] = {"stage_entered_at_gte": now - HIRES}
    soon: dict[str, Any] = {"starts_at_gte": now, "starts_at_lt": now + AHEAD}
    hires = ApplicationQuery(status=[ApplicationStatus.HIRED], **since, **own)
    ahead = InterviewQuery(status=[InterviewStatus.SCHEDULED], **soon, **own)
    offers = OfferQuery(status=list(SENT), **own)
    tasks = TaskQuery(is_done=False, **{"due_at_lt": now}, **assigned)
    chosen: list[tuple[str, Any, str, ListQuery, Callable[[Any], Any], str]] = [
        (
            "active_candidates",
            Candidate,
            "candidates",
            candidates,
            candidate_read_service.counted,
            "candidates.view_own",
        ),
        ("open_jobs", Job, "jobs", jobs, job_service.filtered, "jobs.read"),
        ("active_applications", Application, "applications", active, application_lists.filtered, "applications.read"),
        ("interviews_ahead", Interview, "interviews", ahead, interview_service.filtered, "interviews.read"),
        ("offers_waiting", Offer, "offers", offers, offer_service.filtered, "offers.read"),
        ("hires", Application, "applications", hires, application_lists.filtered, "applications.read"),
        (
            "tasks_overdue",
            Task,
            "tasks",
            tasks,
            task_service.filtered,
            "tasks.read",
        ),
    ]
    return [
        (figure, model, path, query, filtered(query))
        for figure, model, path, query, filtered, right in chosen
        if not rights.lacks(right)
    ]
