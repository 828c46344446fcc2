"""The board and the reports keep their number of statements from 100 to 10 000 applications."""

from __future__ import annotations

from datetime import timedelta
from itertools import cycle

import sqlalchemy as sa

from app.extensions import db
from app.models import Application, ApplicationStay, Candidate, JobStage
from app.services import rows
from app.utils import clock
from tests.factories.client import ok
from tests.factories.job import make_job
from tests.factories.raw_writes import raw_writes
from tests.generated.test_statement_counts import count_statements

FEW, MANY, AT_ONCE = 100, 10_000, 1000
PATHS = (
    "/jobs/{job}/board?cards=50",
    "/jobs/{job}/board?as_of={now}",
    "/reports/funnel",
    "/reports/funnel?job_id={job}",
    "/reports/time_to_hire",
    "/reports/time_in_stage",
    "/reports/sources?by=job",
    "/reports/interviewers",
    "/reports/offers",
    "/reports/sources/rows?figure=applications&limit=200",
    "/reports/time_in_stage/rows?figure=standing&limit=200",
)


def _grow(kit, job, count: int) -> None:
    """That many applications more, spread over the stages, each with the stay that it stands at."""
    now = clock.now()
    with kit.bound(), raw_writes():
        stages = db.session.scalars(sa.select(JobStage.id).where(JobStage.job_id == job)).all()
        for start in range(0, count, AT_ONCE):
            many = range(start, min(start + AT_ONCE, count))
            people = [rows.fresh(name=f"Ada {number}", search_text="ada") for number in many]
            applications = [
                rows.fresh(candidate_id=person["id"], job_id=job, stage_id=stage, stage_entered_at=now, version=1)
                for person, stage in zip(people, cycle(stages), strict=False)
            ]
            stays = [
                rows.fresh(
                    application_id=each["id"],
                    job_id=job,
                    stage_id=each["stage_id"],
                    status="active",
                    entered_at=now - timedelta(minutes=1),
                )
                for each in applications
            ]
            for model, values in ((Candidate, people), (Application, applications), (ApplicationStay, stays)):
                db.session.execute(sa.insert(model), values)
        db.session.commit()


def _statements(app, api, job) -> dict[str, int]:
    paths = [path.format(job=job, now=clock.now().strftime("%FT%TZ")) for path in PATHS]
    for _ in range(3):  # warm: the rights are known to this process
        ok(api.get("/auth/me"))
    counts = [count_statements(app, lambda path=path: ok(api.get(path))) for path in paths]
    return dict(zip(PATHS, counts, strict=True))


def test_boards_and_reports_cost_as_many_statements_for_many_as_for_few(app, kit, api):
    job = make_job(kit)
    _grow(kit, job, FEW)
    few = _statements(app, api, job)
    _grow(kit, job, MANY - FEW)
    reached = ok(api.get("/reports/funnel"))["lines"][0]["figures"]["reached"]["value"]
    board = ok(api.get(f"/jobs/{job}/board"))
    assert reached == sum(stage["count"] for stage in board["stages"]) == MANY
    assert _statements(app, api, job) == few and max(few.values()) <= 14, few
