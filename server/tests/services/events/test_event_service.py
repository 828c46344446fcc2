"""The ledger: gap-free, chained, and the plan's limits held in the same place."""

from __future__ import annotations

import pytest
import sqlalchemy as sa

from app.extensions import db
from app.models import Event, TenantCounter
from app.schemas.event_schema import EventQuery
from app.services.candidates import candidate_service
from app.services.events import event_service
from app.utils.errors import LimitReached, NotFound
from app.utils.ids import new_id
from tests.factories.candidate import make_candidate
from tests.factories.client import ok
from tests.factories.raw_writes import raw_writes
from tests.factories.tenant import make_tenant


def test_seq_is_gap_free_also_after_a_failed_use_case(tenant):
    make_candidate(tenant)
    with tenant.bound():
        with pytest.raises(NotFound):
            candidate_service.delete(new_id())
    make_candidate(tenant)
    with tenant.bound():
        seqs = list(db.session.scalars(sa.select(Event.seq).order_by(Event.seq)))
    assert seqs == list(range(1, len(seqs) + 1)) and len(seqs) > 5


@pytest.mark.parametrize(
    "change", [{"type": "other"}, {"data": {"x": 1}}, {"actor_kind": "nobody"}, {"reason": "other"}]
)
def test_a_changed_event_breaks_the_chain(tenant, change):
    make_candidate(tenant)
    with tenant.bound(), raw_writes():
        assert event_service.verify().valid
        db.session.execute(sa.update(Event).where(Event.seq == 2).values(change))
        report = event_service.verify()
        assert (report.valid, report.broken_at) == (False, 2)
        db.session.rollback()


def test_a_cut_tail_breaks_the_chain(tenant):
    with tenant.bound(), raw_writes():
        last = db.session.scalar(sa.select(sa.func.max(Event.seq)))
        db.session.execute(sa.delete(Event).where(Event.seq == last))
        assert event_service.verify().broken_at == last
        db.session.rollback()


def test_the_feed_goes_on_after_a_seq(tenant):
    make_candidate(tenant)
    with tenant.bound():
        first = event_service.feed(EventQuery(limit=3))
        rest = event_service.feed(EventQuery(after=int(first.next_cursor), limit=200))
        seqs = [event.seq for event in [*first.data, *rest.data]]
    assert seqs == list(range(1, len(seqs) + 1)) and not rest.has_more


def test_events_hold_no_personal_data(tenant):
    make_candidate(tenant, name="Unmistakable Person", emails=["unmistakable@people.example"])
    with tenant.bound():
        rows = db.session.scalars(sa.select(Event)).all()
        assert not [row for row in rows if "nmistakable" in str(row.data) + str(row.reason)]


def test_the_plan_limit_holds_in_the_transaction(app):
    tenant = make_tenant(app, plan="FREE")
    for _ in range(50):
        make_candidate(tenant)
    with pytest.raises(LimitReached) as caught:
        make_candidate(tenant)
    assert caught.value.extra == {"resource": "candidates", "limit": 50}
    with tenant.bound():
        assert db.session.scalars(sa.select(TenantCounter.candidates)).one() == 50


def test_the_feed_shows_accounts_to_those_who_may_audit_only(tenant):
    kinds = {
        role: {event["subject_type"] for event in ok(tenant.api(role).get("/events?limit=200"))["data"]}
        for role in ("MANAGER", "RECRUITER")
    }
    assert {"users", "auth_sessions"} <= kinds["MANAGER"] and not {"users", "auth_sessions"} & kinds["RECRUITER"]
