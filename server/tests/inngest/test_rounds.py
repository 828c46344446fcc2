"""The rounds of the clock go through the tenants that have something due."""

from __future__ import annotations

from datetime import UTC, datetime

import sqlalchemy as sa
import time_machine

from app.extensions import db
from app.inngest.client import build_client
from app.inngest.embedded_runner import EmbeddedRunner
from app.models import Candidate, JobRun
from app.utils import scope
from tests.factories.candidate import make_candidate
from tests.factories.candidate_things import make_search, make_task
from tests.factories.client import ok
from tests.factories.mailbox import mails

NIGHT = datetime(2028, 1, 2, 6, 30, tzinfo=UTC)


def test_a_night_reminds_alerts_and_puts_in_quarantine(app, kit, api):
    manager = kit.users["MANAGER"]
    candidate = make_candidate(kit, skills=["Python"], owner_id=manager)
    make_task(kit, candidate, assignee_id=manager)
    ok(api.put("/tenant/settings", {"retention_months": 6}))
    with time_machine.travel("2027-01-01T00:00:00Z", tick=False):
        make_search(kit, "MANAGER", alert="daily")
    with time_machine.travel("2027-01-02T00:00:00Z", tick=False):
        make_candidate(kit, skills=["Python"], owner_id=manager)
    with time_machine.travel(NIGHT, tick=False):
        runner = EmbeddedRunner(app, build_client(app.config["SETTINGS"]))
        runner.tick(NIGHT)
        runner.drain()
        told = [mail["Subject"] for mail in mails(app, kit.email("MANAGER"))]
    assert "1 of your tasks is due" in told
    assert any("new for your search" in subject for subject in told)
    assert any("will be erased" in subject for subject in told)
    with kit.bound():
        assert None not in db.session.scalars(sa.select(Candidate.purge_after)).all()
    with app.app_context(), scope.platform("a test"):
        errors = db.session.scalars(sa.select(JobRun.error).where(JobRun.status == "failed")).all()
    assert errors == []
