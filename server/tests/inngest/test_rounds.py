"""The rounds of the clock go through the tenants that have something due."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
import sqlalchemy as sa
import time_machine

from app.extensions import db
from app.inngest.functions import FUNCTIONS as REGISTERED
from app.inngest.round_functions import each_tenant
from app.models import Candidate, FunctionRun, Outbox
from app.services.core import active_tenants
from app.services.core.active_tenants import TenantsFailed
from app.services.events import outbox_service
from app.services.events.outbox_service import FAILED
from app.services.tenants import tenant_purge_service
from app.utils import clock, scope
from tests.factories.candidate import make_candidate
from tests.factories.candidate_things import make_search, make_task
from tests.factories.client import ok
from tests.factories.mailbox import mails
from tests.factories.runner import make_runner
from tests.factories.tenant import make_tenant

NIGHT = datetime(2028, 1, 2, 6, 30, tzinfo=UTC)


def test_a_night_reminds_alerts_and_puts_in_quarantine(app, tenant, api):
    manager = tenant.users["MANAGER"]
    candidate = make_candidate(tenant, skills=["Python"], owner_id=manager)
    make_task(tenant, candidate, assignee_id=manager)
    ok(api.put("/tenant/settings", {"retention_months": 6}))
    with time_machine.travel("2027-01-01T00:00:00Z", tick=False):
        make_search(tenant, "MANAGER", alert="daily")
    with time_machine.travel("2027-01-02T00:00:00Z", tick=False):
        make_candidate(tenant, skills=["Python"], owner_id=manager)
    with time_machine.travel(NIGHT, tick=False):
        runner = make_runner(app)
        runner.tick(NIGHT)
        runner.drain()
        told = [mail["Subject"] for mail in mails(app, tenant.email("MANAGER"))]
    assert "Your due tasks: 1" in told
    assert any("for your search" in subject for subject in told)
    assert any("erased soon" in subject for subject in told)
    with tenant.bound():
        assert None not in db.session.scalars(sa.select(Candidate.purge_after)).all()
    with app.app_context(), scope.platform("a test"):
        errors = db.session.scalars(sa.select(FunctionRun.error).where(FunctionRun.status == "failed")).all()
    assert errors == []


@pytest.fixture
def round_of_two(app, tenant, jobs):
    """A round through two tenants of which the first fails until it is mended; what it tells and who was served."""
    broken, sound = str(tenant.id), str(make_tenant(app).id)
    served, state = [], {"broken": True, "due": [broken, sound]}

    def serve():
        if str(scope.tenant_id()) == broken and state["broken"]:
            raise RuntimeError("broken")
        served.append(str(scope.tenant_id()))

    @each_tenant(cron="* * * * *", due=lambda: state["due"])
    async def go_round(ctx, step):
        await step.run("serve", serve)

    return broken, sound, served, state


def _tick(app, minute):
    """A minute of the clock, and every retry of it."""
    with time_machine.travel(datetime(2028, 1, 2, 6, minute, tzinfo=UTC), tick=False) as travelled:
        runner = make_runner(app)
        runner.tick(datetime(2028, 1, 2, 6, minute, tzinfo=UTC))
        for _ in range(6):
            runner.drain()
            travelled.shift(3600)


def _rows(app, *conditions):
    with app.app_context(), scope.platform("a test"):
        return db.session.scalars(sa.select(Outbox).where(Outbox.name == "round/go_round", *conditions)).all()


def test_a_tenant_that_fails_for_good_starves_nobody_and_is_driven_again(app, round_of_two):
    broken, sound, served, state = round_of_two
    _tick(app, 1)
    assert served == [sound]
    (first,) = _rows(app, FAILED)
    assert str(first.tenant_id) == broken
    _tick(app, 2)
    assert served == [sound, sound]
    (second,) = _rows(app, FAILED)
    assert str(second.tenant_id) == broken and second.id != first.id, "what failed before rests"
    state["broken"] = False
    _tick(app, 3)
    assert sorted(served) == sorted([sound, sound, sound, broken]) and _rows(app, FAILED) == []


def test_what_failed_rests_where_nothing_is_due_any_more(app, round_of_two):
    _, sound, _, state = round_of_two
    _tick(app, 1)
    state["due"] = [sound]
    _tick(app, 2)
    assert _rows(app, FAILED) == []


def test_a_tenant_whose_turn_is_not_over_gets_no_second_one(app, round_of_two):
    for minute in (1, 2):
        runner = make_runner(app)
        runner.tick(datetime(2028, 1, 2, 6, minute, tzinfo=UTC))
        while runner.work_once():  # the clock's own run, and nothing of what it promised
            pass
    assert len(_rows(app)) == 2


def test_a_turn_that_was_lost_is_taken_again(app, tenant, round_of_two):
    broken, _, served, state = round_of_two
    state.update(broken=False, due=[broken])
    with tenant.bound():
        outbox_service.enqueue_for("round/go_round", [broken])
        row = db.session.scalars(sa.select(Outbox).where(Outbox.name == "round/go_round")).one()
        outbox_service.acknowledge(row.id, row.generation, timedelta(minutes=1))
        assert outbox_service.enqueue_for("round/go_round", [broken]) == 0
    _tick(app, 1)
    (row,) = _rows(app)
    assert served == [broken] and row.generation == 1 and row.done_at is not None


def test_a_tenant_that_cannot_be_purged_keeps_no_other_and_is_tried_again(app, tenant, jobs, monkeypatch):
    other = make_tenant(app)
    for each in (tenant, other):
        each.end_grace()
    purge, purged, fails = tenant_purge_service.purge, [], [2]

    def purge_or_fail(tenant_id):
        if tenant_id == str(tenant.id) and fails[0]:
            fails[0] -= 1
            raise RuntimeError("no")
        purged.append(tenant_id)
        return purge(tenant_id)

    monkeypatch.setattr(tenant_purge_service, "purge", purge_or_fail)
    jobs += [job for job in REGISTERED if job.id == "purge-tenants"]
    runner = make_runner(app)
    runner.tick(NIGHT)
    runner.drain()
    assert purged == [str(other.id)]
    with time_machine.travel(clock.now() + timedelta(hours=1)):
        runner.drain()
    assert purged == [str(other.id), str(tenant.id)]


def test_work_in_each_tenant_goes_on_behind_one_that_fails(app, tenant):
    others = [make_tenant(app).id for _ in range(2)]

    def serve():
        if scope.tenant_id() == tenant.id:
            raise RuntimeError("broken")
        served.append(scope.tenant_id())
        return 1

    served = []
    with app.app_context(), scope.platform("a test"):
        with pytest.raises(TenantsFailed):
            active_tenants.in_each([others[0], tenant.id, others[1]], serve)
        assert served == others
        assert active_tenants.in_each(others, serve) == 2
