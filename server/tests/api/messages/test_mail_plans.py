"""Plans for many: the dry run shows every mail and refusal, an undo within the hold delivers none."""

from __future__ import annotations

from datetime import timedelta

import pytest
import time_machine

from app.services.messages import inbound_service
from app.utils import clock
from app.utils.reply_addresses import reply_addresses
from tests.api.messages.test_inbound_mail import _answer
from tests.factories.application import make_application
from tests.factories.candidate import make_candidate
from tests.factories.client import ok, refused
from tests.factories.job import make_job
from tests.factories.mailbox import mails
from tests.factories.message import make_plan

STEP = {"subject": "A position, {given_name}", "text": "Hello {name}."}


def _later(**by):
    return time_machine.travel(clock.now() + timedelta(**by), tick=True)


def _send(api, plan, key="once"):
    return api.post(f"/mail-plans/{plan}/send", headers={"Idempotency-Key": key})


@pytest.fixture
def people(tenant, api):
    """12 candidates, of whom three cannot be mailed."""
    found = [
        str(make_candidate(tenant, name=f"Person{n} Planned", emails=[f"plan{n}@people.example"])) for n in range(11)
    ]
    silent = str(make_candidate(tenant, name="Silent Planned", emails=[]))
    ok(api.post("/mail-suppressions", {"address": "plan0@people.example"}), 201)
    consent = {"candidate_id": found[1], "purpose": "recruiting", "source": "email", "given_at": "2026-01-01T00:00:00Z"}
    given = ok(api.post("/candidate-consents", consent), 201)
    ok(api.post(f"/candidate-consents/{given['id']}/withdraw", {}))
    return [*found, silent]


@pytest.fixture
def plan(api, people):
    return ok(api.post("/mail-plans", {"name": "Spring", "candidate_ids": people, "steps": [STEP]}), 201)


def test_the_dry_run_lists_every_mail_and_refusal(app, tenant, api, plan, people):
    assert (plan["status"], plan["recipients"], plan["refused"], plan["queued"]) == ("draft", 9, 3, 0)
    rows = ok(api.get(f"/mail-plans/{plan['id']}/mails", query_string={"limit": 200}))["data"]
    assert [row["candidate_id"] for row in rows] == people
    assert rows[5]["subject"] == "A position, Person5" and rows[5]["text"] == "Hello Person5 Planned."
    refusals = {row["candidate_name"].split()[0]: row["refusal"] for row in rows if row["refusal"]}
    assert refusals == {"Person0": "address_suppressed", "Person1": "no_consent", "Silent": "no_address"}
    only = ok(api.get(f"/mail-plans/{plan['id']}/mails", query_string={"is_refused": True}))["data"]
    assert {row["subject"] for row in only} == {None} and len(only) == 3
    tenant.run_jobs()
    assert mails(app, "plan5@people.example") == []


def test_an_undo_within_the_hold_delivers_none(app, tenant, api, plan):
    ok(api.put("/tenant/settings", {"mail_hold_minutes": 10}))
    assert ok(_send(api, plan["id"]))["queued"] == 9
    undone = ok(api.post(f"/mail-plans/{plan['id']}/undo", {}))
    assert (undone["status"], undone["queued"], undone["cancelled"]) == ("undone", 0, 9)
    with _later(hours=2):
        tenant.run_jobs()
    assert all(mails(app, f"plan{n}@people.example") == [] for n in range(11))
    assert refused(_send(api, plan["id"], "twice"), 409) == "plan_not_draft"
    assert refused(api.post(f"/mail-plans/{plan['id']}/undo", {}), 409) == "plan_not_sent"


def test_without_an_undo_each_gets_exactly_one(app, tenant, api, plan):
    assert ok(_send(api, plan["id"])) == ok(_send(api, plan["id"])), "a repeated request sends nothing more"
    tenant.run_jobs()
    tenant.run_jobs()
    assert [len(mails(app, f"plan{n}@people.example")) for n in range(11)] == [0, 0, *[1] * 9]
    after = ok(api.get(f"/mail-plans/{plan['id']}"))
    assert (after["delivered"], after["queued"], after["refused"]) == (9, 0, 3)


def test_who_cannot_be_mailed_any_more_when_it_is_sent_is_refused_then(api, plan):
    ok(api.post("/mail-suppressions", {"address": "plan7@people.example"}), 201)
    sent = ok(_send(api, plan["id"]))
    assert (sent["recipients"], sent["refused"], sent["queued"]) == (8, 4, 8)


def test_an_answer_ends_the_sequence(app, tenant, api, people, monkeypatch):
    monkeypatch.setattr(reply_addresses, "domain", "answers.example")
    steps = [{**STEP, "subject": f"Step {number}", "delay_days": 3 * (number > 1)} for number in (1, 2, 3)]
    made = ok(api.post("/mail-plans", {"name": "Three", "candidate_ids": people[4:6], "steps": steps}), 201)
    ok(_send(api, made["id"]))
    tenant.run_jobs()
    with app.app_context():
        assert inbound_service.receive(bytes(_answer(mails(app, "plan4@people.example")[-1]["Reply-To"]))) == "attached"
    for days in (4, 8):
        with _later(days=days):
            tenant.run_jobs()
    assert [mail["Subject"] for mail in mails(app, "plan4@people.example")] == ["Step 1"]
    followed = sorted(mails(app, "plan5@people.example"), key=lambda mail: mail["Subject"])
    assert [mail["Subject"] for mail in followed] == ["Step 1", "Step 2", "Step 3"]
    assert followed[2]["In-Reply-To"] == followed[1]["Message-ID"]
    assert ok(api.get(f"/mail-plans/{made['id']}"))["cancelled"] == 2


def test_a_search_finds_the_recipients_and_a_job_its_value(tenant, api, people):
    job = str(make_job(tenant, title="Pilot"))
    steps = [{"subject": "{job}", "text": "Hello {given_name}, {job}?"}]
    body = {"name": "Found", "query": {"q": "planned"}, "job_id": job, "steps": steps}
    made = ok(api.post("/mail-plans", body), 201)
    assert made["recipients"] + made["refused"] == len(people)
    rows = ok(api.get(f"/mail-plans/{made['id']}/mails", query_string={"is_refused": False}))["data"]
    assert {row["subject"] for row in rows} == {"Pilot"}
    without = ok(api.post("/mail-plans", {**body, "job_id": None}), 201)
    assert without["recipients"] == 0, "a variable without a value is a gap"


def test_what_no_plan_can_be_is_refused(tenant, api, people):
    body = {"name": "A", "candidate_ids": people[:1], "steps": [STEP]}
    for change, code in (
        ({"steps": []}, "validation_failed"),
        ({"steps": [STEP] * 6}, "validation_failed"),
        ({"candidate_ids": None}, "validation_failed"),
        ({"query": {"q": "x"}}, "validation_failed"),
        ({"steps": [{**STEP, "text": "{salary}"}]}, "unknown_variable"),
        ({"steps": [{"template": "own.gone"}]}, "unknown_template"),
    ):
        assert refused(api.post("/mail-plans", {**body, **change}), 422) == code
    assert refused(api.post("/mail-plans", {**body, "candidate_ids": [people[0], people[0][:-4] + "0000"]}), 404)
    made = ok(api.post("/mail-plans", body), 201)
    assert refused(api.get(f"/mail-plans/{made['id']}/mails", query_string={"step": 2}), 404) == "not_found"


def test_others_see_no_plans_unless_they_see_all_candidates(tenant, api, people):
    plan = make_plan(tenant, people[0])
    recruiter, manager = tenant.api("RECRUITER"), tenant.api("MANAGER")
    assert ok(recruiter.get("/mail-plans"))["data"] == [] and len(ok(manager.get("/mail-plans"))["data"]) == 1
    assert refused(recruiter.get(f"/mail-plans/{plan}"), 404) == "not_found"
    assert refused(_send(recruiter, plan), 404) == "not_found"
    body = {"name": "Mine", "candidate_ids": people[:1], "steps": [STEP]}
    assert refused(recruiter.post("/mail-plans", body), 404) == "not_found"


def test_mails_of_a_plan_can_be_unsubscribed_with_one_click(app, tenant, api, plan):
    ok(_send(api, plan["id"]))
    tenant.run_jobs()
    mail = mails(app, "plan5@people.example")[-1]
    assert mail["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    url = mail["List-Unsubscribe"].strip("<>")
    path, client = "/unsubscriptions/" + url.partition("/unsubscriptions/")[2], app.test_client()
    asked = client.get(path)
    assert asked.status_code == 200 and "Unsubscribe" in asked.text
    assert ok(api.get("/mail-suppressions", query_string={"reason": "unsubscribed"}))["data"] == []
    done = client.post(path, data={"List-Unsubscribe": "One-Click"})
    assert done.status_code == 200 and "no more messages" in done.text
    assert ok(client.get(f"/api/v1{path}"))["is_unsubscribed"] is True
    (row,) = ok(api.get("/mail-suppressions", query_string={"reason": "unsubscribed"}))["data"]
    assert row["address"] == "plan5@people.example"
    assert client.get(path[:-2]).status_code == 404 and client.post(f"/api/v1{path[:-2]}").status_code == 404


def test_who_unsubscribed_still_hears_of_applications(app, tenant, api, people, plan):
    ok(_send(api, plan["id"]))
    tenant.run_jobs()
    path = mails(app, "plan6@people.example")[-1]["List-Unsubscribe"].strip("<>").partition("/unsubscriptions/")[2]
    ok(app.test_client().post(f"/api/v1/unsubscriptions/{path}"))
    again = make_plan(tenant, people[6])
    assert ok(api.get(f"/mail-plans/{again}"))["refused"] == 1
    ok(api.post(f"/applications/{make_application(tenant, people[6])}/hire", {}))
    tenant.run_jobs()
    assert "Welcome aboard" in mails(app, "plan6@people.example")[-1]["Subject"]
