"""Every operation on candidates, applications, interviews and offers, by every part in a job, from one table."""

from __future__ import annotations

import pytest
import sqlalchemy as sa

from app.extensions import db
from app.middleware.identity.access import AUTHENTICATED, PUBLIC
from app.models import CandidateResume, Job
from app.models.job_access import CHANGES, PANEL, TEAM, Opens
from app.models.job_team_member import JobRole
from tests.factories.job_part import ALL_PARTS, everybody_elses, join, make_member
from tests.factories.world import Place
from tests.generated.registry import body_of, operations, path_of

READS = {
    "candidates/<uuid:candidate_id>": Opens.PROFILE,
    "candidate-resumes/<uuid:resume_id>": Opens.RESUME,
    "candidate-documents/<uuid:document_id>": Opens.RESUME,  # the file of a resume
    "notes/<uuid:note_id>": Opens.NOTES,
    "tasks/<uuid:task_id>": Opens.NOTES,
    "screenings/<uuid:screening_id>": Opens.ANSWERS,
    "applications/<uuid:application_id>": Opens.APPLICATIONS,
    "interviews/<uuid:interview_id>": Opens.INTERVIEWS,
    "offers/<uuid:offer_id>": Opens.OFFERS,
}
OF_IDS = {path.partition(":")[2].rstrip(">"): opens for path, opens in READS.items()}
# By the table, or else only to those who see the candidate anyway.
OF_FAMILIES = (
    "candidate_id",
    "resume_id",
    "document_id",
    "note_id",
    "task_id",
    "screening_id",
    "application_id",
    "interview_id",
    "offer_id",
)
# Theirs who are on the panel, whoever sees the candidate.
OF_PANEL = ("PUT /api/v1/interviews/<uuid:interview_id>/scorecard",)


def _needed(operation):
    """Return what must be open for this operation, or None where no part in a job is enough."""
    if operation.method != "get":
        return CHANGES.get(operation.spec.permission)
    rule = operation.rule.removeprefix("/api/v1/")
    return next((opens for path, opens in READS.items() if rule.startswith(path)), None)


def _opens(part):
    return TEAM[JobRole(part)] if part in list(JobRole) else PANEL if part else frozenset()


def _refused(operation, part):
    """Return how a change of what may be read, or anything else, is refused."""
    readable = any(OF_IDS.get(name) in _opens(part) for name in operation.ids)
    return (403, "not_opened") if readable and operation.method != "get" else (404, "not_found")


def _send(api, operation, place):
    options = body_of(operation, place)
    path = path_of(operation, place.ids)
    return (
        api.upload(path, options["file"]) if "file" in options else api.call(operation.method.upper(), path, **options)
    )


def _place(world):
    """The world's place with a document that is the file of its resume."""
    own = world.own
    with own.tenant.bound():
        document = db.session.scalar(
            sa.select(CandidateResume.document_id).where(CandidateResume.id == own.ids["resume_id"])
        )
        jobs = list(db.session.scalars(sa.select(Job.id)))
    return Place(own.tenant.as_new(), {**own.ids, "document_id": document}, own.stage_ids), jobs


@pytest.mark.parametrize("part", ALL_PARTS, ids=str)
def test_a_part_in_a_job_opens_what_the_table_says_and_nothing_else(app, world, part):
    place, jobs = _place(world)
    everybody_elses(place.tenant)
    api = join(place.tenant, make_member(place.tenant), jobs, part)
    wrong, checked = [], 0
    for operation in sorted(operations(app), key=lambda each: each.method != "get"):  # before anything has changed
        if not set(operation.ids) & set(OF_FAMILIES) or operation.spec.permission in (PUBLIC, AUTHENTICATED):
            continue
        needed = _needed(operation)
        expected = needed in _opens(part) or (operation.name in OF_PANEL and part == "panel")
        response = _send(api, operation, place)
        status, code = response.status_code, (response.get_json(silent=True) or {}).get("code")
        refused = _refused(operation, part)
        right = status not in (404, 401) and code != "not_opened" if expected else (status, code) == refused
        if not right or status >= 500:
            wrong.append((operation.name, operation.spec.permission, status, code))
        checked += 1
    assert not wrong
    assert checked > 60


def test_every_change_in_the_table_is_asked_for(app):
    asked = {operation.spec.permission for operation in operations(app) if operation.method != "get"}
    assert set(CHANGES) <= asked
