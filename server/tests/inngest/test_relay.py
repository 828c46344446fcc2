"""The relay: nothing lost, nothing sent twice under another id."""

from __future__ import annotations

from datetime import timedelta

import time_machine

from app.extensions import db
from app.inngest.relay import relay_once
from app.models import Outbox
from app.services.core.transaction import use_case
from app.services.events import outbox_service
from app.utils import clock, scope

SILENCE = timedelta(minutes=10)


def _promise(tenant, **options):
    @use_case
    def cause():
        return outbox_service.enqueue("test/go", thing_id=7, **options)

    with tenant.bound():
        return cause()


def _mine(events, tenant):
    return [event for event in events if event["data"]["tenant_id"] == str(tenant.id) and event["name"] == "test/go"]


def test_what_is_due_is_handed_over_with_ids_only(app, tenant):
    row_id = _promise(tenant)
    _promise(tenant, due_at=clock.now() + timedelta(hours=1))
    sent = []
    relay_once(app, sent.extend)
    (event,) = _mine(sent, tenant)
    assert event["id"] == f"{row_id}:0"
    ids = {"tenant_id": str(tenant.id), "outbox_id": str(row_id), "generation": 0}
    assert event["data"] == {"thing_id": "7", **ids}


def test_what_is_not_taken_stays_promised(app, tenant):
    row_id = _promise(tenant)

    def refuse(events):
        raise ConnectionError("no server")

    assert relay_once(app, refuse) == 0
    sent = []
    assert relay_once(app, sent.extend) == 0
    with time_machine.travel(clock.now() + timedelta(seconds=30)):
        relay_once(app, sent.extend)
    assert [event["id"] for event in _mine(sent, tenant)] == [f"{row_id}:0"]


def test_what_is_not_acknowledged_is_sent_again_under_the_same_id(app, tenant):
    _promise(tenant)
    first, again = [], []
    relay_once(app, first.extend)
    with time_machine.travel(clock.now() + timedelta(minutes=6)):
        relay_once(app, again.extend)
    assert _mine(first, tenant)[0]["id"] == _mine(again, tenant)[0]["id"]


def test_what_was_acknowledged_and_never_done_is_sent_again_under_a_new_id(app, tenant):
    """A job server that lost its memory has acknowledged what it will never run."""
    row_id = _promise(tenant)
    relay_once(app, [].extend)
    with tenant.bound():
        assert outbox_service.acknowledge(row_id, 0, SILENCE)
    early, late = [], []
    with time_machine.travel(clock.now() + timedelta(minutes=9)):
        relay_once(app, early.extend)
    with time_machine.travel(clock.now() + timedelta(minutes=11)):
        with app.app_context(), scope.platform("a test"):
            assert outbox_service.backlog().lost >= 1
        relay_once(app, late.extend)
        assert _mine(early, tenant) == [] and [event["id"] for event in _mine(late, tenant)] == [f"{row_id}:1"]
        with tenant.bound():
            assert not outbox_service.keep_alive(row_id, 0, SILENCE), "the run of before ends at its next step"
            assert not outbox_service.acknowledge(row_id, 0, SILENCE)
            assert not outbox_service.fail(row_id, 0, "superseded")
            assert outbox_service.acknowledge(row_id, 1, SILENCE)


def test_a_job_that_is_at_work_is_not_taken_for_lost(app, tenant):
    row_id = _promise(tenant)
    relay_once(app, [].extend)
    with tenant.bound():
        outbox_service.acknowledge(row_id, 0, SILENCE)
    sent = []
    for minutes in range(9, 90, 9):
        with time_machine.travel(clock.now() + timedelta(minutes=minutes)):
            relay_once(app, sent.extend)
            with tenant.bound():
                assert outbox_service.keep_alive(row_id, 0, SILENCE)
    assert _mine(sent, tenant) == []


def test_a_job_that_was_lost_before_gets_more_time(app, tenant):
    row_id = _promise(tenant)
    with tenant.bound():
        assert outbox_service.retry(row_id), "any job that is not done"
        outbox_service.acknowledge(row_id, 1, SILENCE)
        assert db.session.get_one(Outbox, row_id).due_at > clock.now() + 1.9 * SILENCE


def test_a_job_that_is_done_is_not_acknowledged_again(tenant):
    row_id = _promise(tenant)
    with tenant.bound():
        outbox_service.finish(row_id)
        assert outbox_service.acknowledge(row_id, 0, SILENCE) is False
        assert outbox_service.retry(row_id) is False
        assert db.session.get_one(Outbox, row_id).acked_at is None
