"""What mail on the record must not give away, and what must not leave any more."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
import time_machine

from app.extensions import db
from app.models import EmailMessage
from app.services.mail import email_message_service
from app.services.messages import inbound_service
from app.utils import clock
from app.utils.errors import DomainError, NotFound
from app.utils.reply_addresses import reply_addresses
from tests.api.messages.test_inbound_mail import REPORT, _answer
from tests.factories.application import make_application
from tests.factories.candidate import make_candidate
from tests.factories.client import Api, ok, refused
from tests.factories.interview import in_days, make_interview
from tests.factories.mailbox import mails
from tests.factories.message import make_plan
from tests.factories.offer import make_offer

ADDRESS = "ada@people.example"
TEXT = {"subject": "A position", "text": "Hello {name}."}


@pytest.fixture(autouse=True)
def domain(monkeypatch):
    monkeypatch.setattr(reply_addresses, "domain", "answers.example")


@pytest.fixture
def candidate(tenant):
    return str(make_candidate(tenant, name="Ada Lovelace", emails=[ADDRESS]))


def _send_plan(api, plan):
    return ok(api.post(f"/mail-plans/{plan}/send", headers={"Idempotency-Key": str(plan)}))


def _later(**by):
    return time_machine.travel(clock.now() + timedelta(**by), tick=True)


def test_the_record_has_no_link_with_which_to_answer_as_the_candidate(app, tenant, api, candidate):
    offer = make_offer(tenant, make_application(tenant, candidate))
    ok(api.post(f"/offers/{offer}/send", {}, headers={"Idempotency-Key": "once"}))
    tenant.run_jobs()
    assert "/offers/" in mails(app, ADDRESS)[-1].get_body(("plain",)).get_content()
    (row,) = ok(api.get("/email-messages", query_string={"template": "offer_sent"}))["data"]
    text = ok(api.get(f"/email-messages/{row['id']}"))["text"]
    assert "[link]" in text and not re.search(r"/offers/\S", text)


def test_mails_to_a_panel_are_no_mails_to_the_candidate(app, tenant, api, candidate):
    lead = tenant.email("TEAM_LEAD")
    make_interview(tenant, make_application(tenant, candidate), "TEAM_LEAD")
    tenant.run_jobs()
    mail = mails(app, lead)[-1]
    assert mail["Reply-To"] is None
    found = {row["recipient"]: row["id"] for row in ok(api.get("/email-messages"))["data"]}
    assert ok(api.get(f"/email-messages/{found[lead]}"))["text"] is None
    values = {"to": str(mail["Reply-To"]), "failed": lead, "action": "failed", "status": "5.1.1"}
    report = REPORT % {name.encode(): value.encode() for name, value in values.items()}
    with app.app_context(), pytest.raises(NotFound):
        inbound_service.receive(
            report.replace(b"Subject:", b"In-Reply-To: " + mail["Message-ID"].encode() + b"\r\nSubject:")
        )
    ok(api.post("/mail-suppressions", {"address": lead}), 201)
    make_interview(
        tenant, make_application(tenant, candidate), "TEAM_LEAD", time={"starts_at": in_days(9), "minutes": 45}
    )
    tenant.run_jobs()
    assert len(mails(app, lead)) == 2, "a colleague's mail does not depend on suppressions of candidates"


def test_text_and_sender_need_the_right_to_see_contact_points(app, tenant, api, candidate):
    made = ok(api.post(f"/candidates/{candidate}/messages", TEXT), 201)
    body = {"name": "K", "permissions": ["email_messages.read", "candidates.view_all"]}
    key = Api(tenant.app, ok(api.post("/api-keys", body), 201)["secret"])
    shown = ok(key.get(f"/email-messages/{made['id']}"))
    assert (shown["text"], shown["recipient"], shown["subject"]) == (None, None, "A position")


def test_a_rule_takes_no_template_for_mails_with_a_time_or_a_link(api):
    ok(api.put("/email-templates/own.job/en", TEXT))
    for trigger in ("interview-invitation", "interview-cancelled", "application-received"):
        answer = api.put(f"/mail-rules/{trigger}", {"template": "own.job"})
        assert refused(answer, 422) == "no_template_here"
    ok(api.put("/mail-rules/application-rejected", {"template": "own.job"}))


def test_a_plan_sends_what_was_looked_at(app, tenant, api, candidate):
    ok(api.put("/email-templates/own.one/en", TEXT))
    body = {"name": "A", "candidate_ids": [candidate], "steps": [{"template": "own.one"}]}
    plan = ok(api.post("/mail-plans", body), 201)["id"]
    ok(api.put("/email-templates/own.one/en", {**TEXT, "subject": "CHANGED"}))
    ok(api.delete("/email-templates/own.one/en"), 204)
    (row,) = ok(api.get(f"/mail-plans/{plan}/mails"))["data"]
    assert row["subject"] == "A position"
    _send_plan(api, plan)
    tenant.run_jobs()
    assert [mail["Subject"] for mail in mails(app, ADDRESS)] == ["A position"]


def test_a_mail_whose_sending_was_under_way_does_not_leave_after_an_undo(app, tenant, api, candidate):
    plan = make_plan(tenant, candidate)
    _send_plan(api, plan)
    with tenant.bound():
        message_id = db.session.query(EmailMessage.id).filter(EmailMessage.plan_id == plan).scalar()
        email_message_service._claim(message_id)
    assert ok(api.post(f"/mail-plans/{plan}/undo", {}))["queued"] == 1
    with tenant.bound():
        email_message_service._release(message_id)
        assert email_message_service.send(message_id) == "skipped"
    assert mails(app, ADDRESS) == [] and ok(api.get(f"/mail-plans/{plan}"))["cancelled"] == 1


def test_who_withdraws_consent_or_answers_elsewhere_gets_no_further_step(app, tenant, api):
    people = [str(make_candidate(tenant, emails=[f"p{n}@people.example"])) for n in range(3)]
    steps = [TEXT, {**TEXT, "subject": "Second", "delay_days": 3}]
    plan = make_plan(tenant, *people, steps=steps)
    consent = {
        "candidate_id": people[0],
        "purpose": "recruiting",
        "source": "email",
        "given_at": "2026-01-01T00:00:00Z",
    }
    given = ok(api.post("/candidate-consents", consent), 201)["id"]
    _send_plan(api, plan)
    ok(api.post(f"/candidates/{people[1]}/messages", {**TEXT, "subject": "Direct"}), 201)
    tenant.run_jobs()
    ok(api.post(f"/candidate-consents/{given}/withdraw", {}))
    direct = next(mail for mail in mails(app, "p1@people.example") if mail["Subject"] == "Direct")
    with app.app_context():
        assert inbound_service.receive(bytes(_answer(direct["Reply-To"]))) == "attached"
        theirs = mails(app, "p2@people.example")[-1]["Message-ID"]
        stranger = _answer("x@y.example", sender="eve@evil.example", In_Reply_To=theirs, message_id="<eve@evil>")
        assert inbound_service.receive(bytes(stranger)) == "attached", "but it ends no sequence"
    assert ok(api.get(f"/mail-plans/{plan}"))["cancelled"] == 2


def test_restricted_keys_see_no_plans(tenant, api, candidate):
    make_plan(tenant, candidate)
    job = ok(api.post("/jobs", {"title": "A"}), 201)["id"]
    body = {"name": "K", "permissions": ["email_messages.read", "candidates.view_all"], "job_ids": [job]}
    key = Api(tenant.app, ok(api.post("/api-keys", body), 201)["secret"])
    assert ok(key.get("/mail-plans"))["data"] == []


def test_a_refusal_for_its_words_suppresses_nobody(app, tenant, api, candidate):
    made = ok(api.post(f"/candidates/{candidate}/messages", TEXT), 201)
    tenant.run_jobs()
    to = mails(app, ADDRESS)[-1]["Reply-To"]
    values = {"to": to, "failed": ADDRESS, "action": "failed", "status": "5.7.1"}
    with app.app_context():
        result = inbound_service.receive(REPORT % {name.encode(): value.encode() for name, value in values.items()})
    assert result == "bounced" and ok(api.get(f"/email-messages/{made['id']}"))["status"] == "bounced"
    assert ok(api.get("/mail-suppressions"))["data"] == []


@pytest.mark.parametrize(
    "headers",
    [b"Message-ID: <a@[\r\n", b"To: " + b"(" * 5000 + b"\r\n", b'Content-Type: text/plain; charset="idna"\r\n'],
    ids=["message id", "comments", "charset"],
)
def test_of_a_broken_email_is_read_what_can_be_read(app, tenant, api, candidate, headers):
    ok(api.post(f"/candidates/{candidate}/messages", TEXT), 201)
    tenant.run_jobs()
    to = mails(app, ADDRESS)[-1]["Reply-To"].encode()
    raw = (
        headers
        + b"Delivered-To: "
        + to
        + b"\r\nFrom: "
        + ADDRESS.encode()
        + b"\r\nSubject: =?utf-8?q?a=00b?=\r\n\r\nYes."
    )
    with app.app_context():
        assert inbound_service.receive(raw) == "attached"
    (row,) = ok(api.get("/email-messages", query_string={"direction": "in"}))["data"]
    assert "\x00" not in row["subject"]


def test_headers_without_end_are_refused(app):
    with app.app_context(), pytest.raises(DomainError):
        inbound_service.receive(b"Subject: " + b"a " * 500_000 + b"\r\n\r\nx")


def test_a_signature_of_odd_letters_is_refused(app):
    headers = {"Content-Type": "message/rfc822", "webhook-signature": "v1,é", "webhook-timestamp": "1"}
    assert refused(app.test_client().post("/api/v1/inbound-mail", data=b"x", headers=headers), 401) == "bad_signature"


def test_a_value_in_a_tag_is_refused_when_a_template_is_saved(api):
    answer = api.put("/email-templates/own.a/en", {**TEXT, "html": '<a href="{given_name}">x</a>'})
    assert refused(answer, 422) == "bad_template"
    assert answer.get_json()["errors"][0]["code"] == "variable_in_tag"


def test_an_undone_merge_takes_its_threads_along(app, tenant, api, candidate):
    other = str(make_candidate(tenant, name="Ada Byron", emails=["byron@people.example"]))
    ok(api.post(f"/candidates/{other}/messages", TEXT), 201)
    tenant.run_jobs()
    to = mails(app, "byron@people.example")[-1]["Reply-To"]
    merge = ok(api.post("/candidate-merges", {"winner_id": candidate, "loser_id": other}))
    with app.app_context():
        assert inbound_service.receive(bytes(_answer(to, sender="byron@people.example"))) == "attached"
    ok(api.post(f"/candidate-merges/{merge['id']}/undo", {"discard_changes": True}))
    rows = ok(api.get("/email-messages"))["data"]
    assert {row["candidate_id"] for row in rows if row["thread_id"]} == {other}
