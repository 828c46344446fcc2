"""Gates of stages: what each asks for, and that many applications cost no more statements than one."""

from __future__ import annotations

from uuid import UUID

import pytest
import sqlalchemy as sa

from app.extensions import db
from app.models import Application, Interview, InterviewScorecard, JobStage, Task
from app.models.interview import InterviewStatus
from app.models.interview_scorecard import Recommendation
from app.models.job_stage import StageGate
from app.services.applications import application_gates
from app.utils import clock, statements
from tests.factories.application import make_application
from tests.factories.candidate import make_candidate, resume_text
from tests.factories.candidate_things import make_task
from tests.factories.client import ok
from tests.factories.interview import make_interview
from tests.factories.job import make_job
from tests.factories.raw_writes import raw_writes


def _resume(tenant, application):
    ok(tenant.api().upload("/candidate-resumes", resume_text(), candidate_id=application["candidate_id"]), 202)


def _task(tenant, application):
    make_task(tenant, application["candidate_id"])


def _no_task(tenant, application):
    with tenant.bound(), raw_writes():
        db.session.execute(sa.update(Task).values(done_at=clock.now()))
        db.session.commit()


def _interview(tenant, application):
    make_interview(tenant, application["id"])


def _complete(tenant, application):
    with tenant.bound(), raw_writes():
        db.session.execute(sa.update(Interview).values(status=InterviewStatus.COMPLETE))
        db.session.commit()


def _card(tenant, application):
    with tenant.bound(), raw_writes():
        interview = db.session.scalars(sa.select(Interview)).one()
        db.session.add(
            InterviewScorecard(
                interview_id=interview.id,
                application_id=interview.application_id,
                candidate_id=interview.candidate_id,
                author_id=tenant.users["RECRUITER"],
                recommendation=Recommendation.YES,
                ratings=[],
                submitted_at=clock.now(),
            )
        )
        db.session.commit()


@pytest.fixture
def application(tenant):
    return ok(tenant.api().get(f"/applications/{make_application(tenant)}"))


def refusals(tenant, gate, *application_ids):
    with tenant.bound():
        stage = JobStage(name="Offer", gates=[gate.value])
        ids = [UUID(str(each)) for each in application_ids]
        applications = db.session.scalars(sa.select(Application).where(Application.id.in_(ids))).all()
        return {str(key): refusal for key, refusal in application_gates.refusals(stage, applications).items()}


@pytest.mark.parametrize(
    ("gate", "steps"),
    [
        (StageGate.TASKS_DONE, [(None, True), (_task, False), (_no_task, True)]),
        (StageGate.INTERVIEW_COMPLETE, [(None, False), (_interview, False), (_complete, True)]),
        (StageGate.SCORECARDS_IN, [(None, True), (_interview, False), (_card, True)]),
        (StageGate.RESUME, [(None, False), (_resume, True)]),
    ],
)
def test_a_gate_opens_and_closes_with_what_it_asks_for(tenant, application, gate, steps):
    for change, passes in steps:
        if change is not None:
            change(tenant, application)
        found = refusals(tenant, gate, application["id"])
        assert (application["id"] not in found) == passes, change
        if not passes:
            refusal = found[application["id"]]
            assert refusal.code == f"gate_{gate.value}" and refusal.detail.startswith("Offer ")


def test_the_first_gate_that_refuses_is_named(tenant, application):
    with tenant.bound():
        stage = JobStage(name="Offer", gates=[StageGate.RESUME.value, StageGate.INTERVIEW_COMPLETE.value])
        found = application_gates.refusals(stage, db.session.scalars(sa.select(Application)).all())
        assert [refusal.code for refusal in found.values()] == ["gate_resume"]


@pytest.mark.parametrize("gate", list(StageGate))
def test_many_applications_are_asked_about_at_once(tenant, gate):
    job = make_job(tenant)
    for _ in range(3):
        make_application(tenant, make_candidate(tenant), job)
    stage = JobStage(name="Offer", gates=[gate.value])
    with tenant.bound():
        applications = db.session.scalars(sa.select(Application)).all()
        counts = []
        for some in (applications[:1], applications):
            with statements.counted() as sent:
                application_gates.refusals(stage, some)
            counts.append(sent[0])
    assert len(applications) == 3 and counts[0] == counts[1] > 0
