"""When people last did something about candidates and applications."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
import time_machine

from app.extensions import db
from app.models import Application, Candidate, TenantCounter
from app.services.applications import last_activity_service
from app.utils import scope
from app.utils.scope import Actor
from tests.factories.application import make_application
from tests.factories.candidate import make_candidate
from tests.factories.candidate_things import make_note
from tests.factories.client import ok
from tests.factories.interview import make_interview


@pytest.fixture
def minute():
    """Return a moment that many minutes ahead, while access tokens are valid."""
    start = datetime.now(UTC).replace(microsecond=0) + timedelta(minutes=1)
    return lambda number: start + timedelta(minutes=number)


@pytest.fixture
def application(tenant, minute):
    with _at(minute(0)):
        return make_application(tenant)


def _follow(tenant):
    with tenant.bound():
        return last_activity_service.follow()


def _moments(tenant, application):
    with tenant.bound():
        row = db.session.get(Application, application)
        candidate = db.session.get(Candidate, row.candidate_id)
        return candidate.last_activity_at, row.last_activity_at


def _at(moment):
    return time_machine.travel(moment, tick=False)


def test_what_people_do_is_activity(tenant, api, application, minute):
    candidate = ok(api.get(f"/applications/{application}"))["candidate_id"]
    assert _follow(tenant) > 0
    assert _moments(tenant, application) == (minute(0), minute(0))
    with _at(minute(1)):
        ok(tenant.api().post("/notes", {"candidate_id": candidate, "body": "Called."}), 201)
    _follow(tenant)
    assert _moments(tenant, application) == (minute(1), minute(0))
    with _at(minute(2)):
        ok(tenant.api().post("/notes", {"application_id": str(application), "body": "Called again."}), 201)
    _follow(tenant)
    assert _moments(tenant, application) == (minute(2),) * 2
    assert _follow(tenant) == 0


def test_what_functions_do_is_none_and_the_row_stays_as_it_was(tenant, api, application, minute):
    before = ok(api.get(f"/applications/{application}"))
    with _at(minute(1)), tenant.bound(), scope.tenant(tenant.id, Actor("job")):
        make_note(tenant, before["candidate_id"])
    with _at(minute(2)):
        ok(tenant.api().post("/notes", {"application_id": str(application), "body": "Called."}), 201)
    _follow(tenant)
    assert _moments(tenant, application)[1] == minute(2)
    assert ok(api.get(f"/applications/{application}")) == before


def test_lists_are_sorted_and_filtered_by_it(tenant, api, minute):
    made = []
    for number in range(3):
        with _at(minute(number)):
            made.append(str(make_application(tenant)))
    with _at(minute(5)):
        ok(tenant.api().post("/notes", {"application_id": made[0], "body": "Called."}), 201)
    _follow(tenant)
    for path, ids in (
        ("/applications", made),
        ("/candidates", [ok(api.get(f"/applications/{each}"))["candidate_id"] for each in made]),
    ):
        rows = ok(api.get(path, query_string={"sort": "-last_activity_at"}))["data"]
        assert [row["id"] for row in rows] == [ids[0], ids[2], ids[1]], path
        assert rows[0]["last_activity_at"] == minute(5).isoformat().replace("+00:00", "Z")
        idle = {"last_activity_at[lt]": minute(2).isoformat()}
        assert [row["id"] for row in ok(api.get(path, query_string=idle))["data"]] == [ids[1]], path


def test_interviews_are_activity_of_their_application(tenant, application, minute):
    with _at(minute(3)):
        make_interview(tenant, application_id=application)
    _follow(tenant)
    assert _moments(tenant, application)[1] in (minute(0), minute(3))
    with _at(minute(4)):
        (row,) = ok(tenant.api().get("/interviews"))["data"]
        ok(tenant.api().post(f"/interviews/{row['id']}/cancel", {"reason": "The panel is ill."}))
    _follow(tenant)
    assert _moments(tenant, application)[1] == minute(4)


def test_a_trail_is_followed_in_batches_from_where_it_was_left(tenant, monkeypatch):
    monkeypatch.setattr(last_activity_service, "AT_ONCE", 2)
    for _ in range(4):
        make_candidate(tenant)
    with tenant.bound():
        row = db.session.query(TenantCounter).one()
        behind = row.seq - row.activity_seq
    assert _follow(tenant) == behind > 4
    with tenant.bound():
        db.session.expire_all()
        row = db.session.query(TenantCounter).one()
        assert row.activity_seq == row.seq


def test_tenants_without_news_are_left_alone(app, tenant):
    make_candidate(tenant)
    with app.app_context(), scope.platform("a test"):
        assert last_activity_service.follow_all() > 0
        assert last_activity_service.follow_all() == 0
