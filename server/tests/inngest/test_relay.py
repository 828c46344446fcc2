"""The relay: nothing lost, nothing sent twice under another id."""

from __future__ import annotations

from datetime import timedelta

import time_machine

from app.extensions import db
from app.inngest.relay import relay_once
from app.models import Outbox
from app.services import outbox_service
from app.services.transaction import use_case
from app.utils import clock


def _promise(kit, **options):
    @use_case
    def cause():
        return outbox_service.enqueue("test/go", thing_id=7, **options)

    with kit.bound():
        return cause()


def _mine(events, kit):
    return [event for event in events if event["data"]["tenant_id"] == str(kit.id) and event["name"] == "test/go"]


def test_what_is_due_is_handed_over_with_ids_only(app, kit):
    row_id = _promise(kit)
    _promise(kit, due_at=clock.now() + timedelta(hours=1))
    sent = []
    relay_once(app, sent.extend)
    (event,) = _mine(sent, kit)
    assert event["id"] == f"{row_id}:0"
    assert event["data"] == {"thing_id": "7", "tenant_id": str(kit.id), "outbox_id": str(row_id)}


def test_what_is_not_taken_stays_promised(app, kit):
    row_id = _promise(kit)

    def refuse(events):
        raise ConnectionError("no server")

    assert relay_once(app, refuse) == 0
    sent = []
    assert relay_once(app, sent.extend) == 0
    with time_machine.travel(clock.now() + timedelta(seconds=30)):
        relay_once(app, sent.extend)
    assert [event["id"] for event in _mine(sent, kit)] == [f"{row_id}:0"]


def test_what_is_not_acknowledged_is_sent_again_under_the_same_id(app, kit):
    row_id = _promise(kit)
    first, again, later = [], [], []
    relay_once(app, first.extend)
    with time_machine.travel(clock.now() + timedelta(minutes=6)):
        relay_once(app, again.extend)
        assert _mine(first, kit)[0]["id"] == _mine(again, kit)[0]["id"]
        with kit.bound():
            assert outbox_service.acknowledge(row_id)
    with time_machine.travel(clock.now() + timedelta(minutes=20)):
        relay_once(app, later.extend)
    assert _mine(later, kit) == []


def test_a_job_that_is_done_is_not_acknowledged_again(kit):
    row_id = _promise(kit)
    with kit.bound():
        outbox_service.finish(row_id)
        assert outbox_service.acknowledge(row_id) is False
        assert db.session.get_one(Outbox, row_id).acked_at is None
