"""The board and the reports keep their number of statements from 100 to 10 000 applications."""

from __future__ import annotations

from datetime import timedelta

import sqlalchemy as sa

from app.extensions import db
from app.models import Application, Candidate, Interview, InterviewPanelist, Job, JobStage, Offer, StageHistoryEntry
from app.services.core import rows
from app.utils import clock
from tests.factories.client import ok
from tests.factories.job import make_job
from tests.factories.raw_writes import raw_writes
from tests.factories.statement_counts import count_statements

FEW, MANY, AT_ONCE = 100, 10_000, 1000
PATHS = (
    "/jobs/{job}/board?cards=50",
    "/jobs/{job}/board?as_of={now}",
    "/reports/funnel",
    "/reports/funnel?job_id={job}",
    "/reports/time-to-hire",
    "/reports/time-in-stage",
    "/reports/sources?by=job",
    "/reports/interviewers",
    "/reports/offers?by=job",
    "/applications?job_id={job}&limit=200",
    "/reports/rejections",
    "/reports/sources/export?by=job",
    "/reports/sources/rows?figure=applications&limit=200",
    "/reports/time-in-stage/rows?figure=standing&limit=200",
)


def _grow(tenant, job, count: int) -> None:
    """That many applications more, spread over stages and jobs: each fifth is hired, with an offer and an interview."""
    now = clock.now()
    with tenant.bound(), raw_writes():
        stages = db.session.scalars(sa.select(JobStage.id).where(JobStage.job_id == job)).all()
        jobs = [rows.new_row(title=f"Job {number}", version=1) for number in range(count // 50)]
        db.session.execute(sa.insert(Job), jobs)
        for start in range(0, count, AT_ONCE):
            many = range(start, min(start + AT_ONCE, count))
            people = [rows.new_row(name=f"Ada {number}", search_text="ada") for number in many]
            applications = [
                rows.new_row(
                    candidate_id=person["id"],
                    job_id=job if place % 2 else jobs[place % len(jobs)]["id"],
                    stage_id=stages[place % len(stages)],
                    status="hired" if place % 5 == 0 else "active",
                    stage_entered_at=now,
                    version=1,
                )
                for place, person in enumerate(people)
            ]
            for model, values in _rows_of(applications, tenant.users["RECRUITER"], now):
                db.session.execute(sa.insert(model), values)
            # Foreign keys are checked by plans for empty tables, each row by a scan, until statistics renew the plans.
            db.session.execute(sa.text("analyze"))
        db.session.commit()


def _rows_of(applications, user_id, now):
    """The rows that hang on applications, after these."""
    people = [rows.new_row(name="Ada", search_text="ada") | {"id": each["candidate_id"]} for each in applications]
    entered = now - timedelta(minutes=1)
    history = [
        rows.new_row(
            application_id=each["id"],
            job_id=each["job_id"],
            stage_id=each["stage_id"],
            status=each["status"],
            entered_at=entered,
        )
        for each in applications
    ]
    hired = [each for each in applications if each["status"] == "hired"]
    own = [{"application_id": each["id"], "candidate_id": each["candidate_id"], "version": 1} for each in hired]
    pay = {"title": "Offer", "pay_amount": 1, "pay_currency": "EUR", "pay_period": "year", "status": "declined"}
    offers = [rows.new_row(job_id=each["job_id"], **pay, **known) for each, known in zip(hired, own, strict=True)]
    times = {"starts_at": entered, "ends_at": now, "zone": "UTC", "kind": "video", "status": "complete"}
    interviews = [rows.new_row(**times, **known) for known in own]
    seats = [rows.new_row(interview_id=each["id"], user_id=user_id) for each in interviews]
    return (
        (Candidate, people),
        (Application, applications),
        (StageHistoryEntry, history),
        (Offer, offers),
        (Interview, interviews),
        (InterviewPanelist, seats),
    )


def _statements(app, api, job) -> dict[str, int]:
    paths = [path.format(job=job, now=clock.now().strftime("%FT%TZ")) for path in PATHS]
    counts = [count_statements(app, lambda path=path: ok(api.get(path))) for path in paths]
    return dict(zip(PATHS, counts, strict=True))


def test_boards_and_reports_cost_as_many_statements_for_many_as_for_few(app, tenant, api):
    job = make_job(tenant)
    _grow(tenant, job, FEW)
    few = _statements(app, api, job)
    _grow(tenant, job, MANY - FEW)
    counted = (("funnel", "reached"), ("interviewers", "seats"))
    firsts = {name: ok(api.get(f"/reports/{name}"))["lines"][0]["figures"][figure]["value"] for name, figure in counted}
    assert firsts["funnel"] == MANY and firsts["interviewers"] == MANY // 5
    assert ok(api.get("/reports/time-to-hire"))["total"]["figures"]["hires"]["value"] == MANY // 5
    assert _statements(app, api, job) == few and max(few.values()) <= 14, few
