"""The ledger from outside: checkpoints, exports that are checked without us, reasons that can be erased, reads."""

from __future__ import annotations

from datetime import timedelta

import orjson
import pytest
import sqlalchemy as sa
import time_machine

from app.extensions import db
from app.models import Event, LedgerCheckpoint, TenantCounter
from app.schemas.job_schema import JobAction
from app.services.events import event_service, ledger_checkpoint_service
from app.services.jobs import job_service
from app.services.tenants import ledger_export_service
from app.utils import clock, scope
from app.utils.ledger_signer import LedgerSigner, ledger_signer
from tests.factories.candidate import make_candidate
from tests.factories.candidate_resume import make_document, make_resume
from tests.factories.client import ok, refused
from tests.factories.job import make_job
from tests.factories.raw_writes import raw_writes
from tests.factories.tenant import make_tenant

REASON = "Anna Unmistakable asked for it"


def _sign_all(app):
    with app.app_context(), scope.platform("a test signs"):
        return ledger_checkpoint_service.sign_all()


def _export(api):
    response = api.get("/audit/export")
    assert response.status_code == 200 and response.headers["Content-Disposition"].startswith("attachment")
    return response.data.splitlines(keepends=True)


def _check(lines, trusted=None):
    return ledger_export_service.check(lines, trusted if trusted is not None else ledger_signer.public_keys())


def test_each_ledger_that_has_grown_is_signed_once(app, tenant, api):
    other = make_tenant(app)
    assert _sign_all(app) >= 2
    assert _sign_all(app) == 0
    make_candidate(tenant)
    assert _sign_all(app) == 1
    listed = ok(api.get("/audit/checkpoints"))["data"]
    assert len(listed) == 2 and listed[0]["seq"] > listed[1]["seq"]
    report = ok(api.get("/audit/verify"))
    assert (report["valid"], report["checkpoints"]) == (True, 2)
    assert ok(other.api().get("/audit/verify"))["checkpoints"] == 1


def test_a_tail_cut_off_with_the_counter_shows(app, tenant):
    make_candidate(tenant)
    _sign_all(app)
    with tenant.bound(), raw_writes():
        last = db.session.scalars(sa.select(Event).order_by(Event.seq.desc()).limit(1)).one()
        seq, previous = last.seq, last.previous_hash
        db.session.execute(sa.delete(Event).where(Event.seq == seq))
        db.session.execute(sa.update(TenantCounter).values(seq=seq - 1, head_hash=previous))
        report = event_service.verify()
        assert (report.valid, report.broken_at, report.checkpoints) == (False, seq, 0)
        db.session.rollback()


@pytest.mark.parametrize("change", [{"hash": "0" * 64}, {"signature": "00" * 64}, {"key_id": "other"}])
def test_a_checkpoint_that_nobody_of_us_signed_shows(app, tenant, change):
    _sign_all(app)
    with tenant.bound(), raw_writes():
        db.session.execute(sa.update(LedgerCheckpoint).values(change))
        assert not event_service.verify().valid
        db.session.rollback()


def test_an_export_is_whole_and_checked_without_a_database(app, tenant, api, monkeypatch):
    monkeypatch.setattr(ledger_export_service, "AT_ONCE", 3)
    make_candidate(tenant)
    _sign_all(app)
    lines = _export(api)
    report = _check(lines)
    assert report.valid and report.events > 6 and report.checkpoints == 1
    assert report.events == len(lines) - 3
    assert _check(lines, {}).untrusted_checkpoints == 1
    last = orjson.loads(lines[-3])["event"]
    assert last["type"] == "audit.exported" and last["actor_id"] == str(tenant.users["TENANT_ADMIN"])


def _changed(lines, number, **facts):
    line = orjson.loads(lines[number])
    (kind,) = line
    line[kind] |= facts
    return [*lines[:number], orjson.dumps(line) + b"\n", *lines[number + 1 :]]


def test_an_export_that_was_touched_is_found_out(app, tenant, api):
    make_job(tenant)
    _sign_all(app)
    lines = _export(api)
    stranger = LedgerSigner()
    stranger.init({"dev": "another secret"})
    for touched, fault in (
        (_changed(lines, 2, type="other"), "breaks at event 2"),
        (lines[:3] + lines[4:], "breaks at event 3"),
        (lines[:-1], "the end is missing"),
        (lines[:-4] + lines[-2:], "the checkpoint"),
        (lines[:-3] + lines[-1:], "another head"),
        (_changed(lines, -2, hash="0" * 64), "does not fit"),
        (_changed(lines, -2, signature="00" * 64), "signature"),
        ([*lines, lines[-1]], "after the end"),
        ([b"nonsense\n", *lines], "cannot be read"),
        ([b'{"format": "other"}\n'], "not an audit export"),
        ([b'{"event": {}}\n'], "cannot be read"),
    ):
        report = _check(touched)
        assert not report.valid and fault in str(report.fault), (fault, report.fault)
    assert "signature" in str(_check(lines, stranger.public_keys()).fault)


def test_a_reason_can_be_erased_and_the_chain_holds(tenant, api):
    job = make_job(tenant)
    with tenant.bound():
        job_service.act(job, "close", JobAction(reason=REASON), None)
    with tenant.bound(), raw_writes():
        closed = sa.update(Event).where(Event.type == "job.close")
        db.session.execute(closed.values(reason="Somebody else asked for it"))
        assert not event_service.verify().valid
        db.session.execute(closed.values(reason=None, reason_salt=None))
        assert event_service.verify().valid
        db.session.rollback()
    lines = _export(api)
    assert REASON.encode() in b"".join(lines) and _check(lines).valid


def test_reads_of_documents_and_resumes_are_recorded(tenant):
    candidate = make_candidate(tenant, owner_id=tenant.users["RECRUITER"])
    document, resume = make_document(tenant, candidate), make_resume(tenant)
    ok(tenant.api("RECRUITER").get(f"/candidate-documents/{document}/link"))
    ok(tenant.api("MANAGER").get(f"/candidate-resumes/{resume}"))
    for kind, role in (("candidate_document.read", "RECRUITER"), ("candidate_resume.read", "MANAGER")):
        events = ok(tenant.api().get("/audit", query_string={"type": kind}))["data"]
        assert [event["actor_id"] for event in events] == [str(tenant.users[role])]


def test_the_trail_is_searched_by_actor_and_time(tenant, api):
    with time_machine.travel(clock.now() + timedelta(days=2), tick=False):
        make_candidate(tenant)
        later = clock.now() - timedelta(hours=1)
    after = ok(api.get("/audit", query_string={"occurred_at[gte]": later.isoformat()}))["data"]
    assert [event["type"] for event in after] == ["candidate.created"]
    before = ok(api.get("/audit", query_string={"occurred_at[lt]": later.isoformat(), "limit": 200}))["data"]
    assert before and "candidate.created" not in {event["type"] for event in before}
    kinds = {event["actor_kind"] for event in ok(api.get("/audit", query_string={"actor_kind": "test"}))["data"]}
    assert kinds == {"test"}


def test_only_those_who_may_export_do(tenant):
    assert refused(tenant.api("MANAGER").get("/audit/export"), 403) == "permission_missing"
