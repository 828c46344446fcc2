"""The hold of emails to candidates, and the rules by which they are sent."""

from __future__ import annotations

from datetime import timedelta

import pytest
import time_machine

from app.utils import clock
from tests.factories.application import make_application
from tests.factories.candidate import make_candidate
from tests.factories.client import ok, refused
from tests.factories.interview import make_interview
from tests.factories.job import make_job
from tests.factories.mailbox import mails
from tests.factories.offer import make_offer

ADDRESS = "ada@people.example"
OWN = {"subject": "{job}: news", "text": "Dear {given_name},\n\n{company} writes.\n\n{signature}"}


@pytest.fixture
def held(api):
    ok(api.put("/tenant/settings", {"mail_hold_minutes": 10}))


@pytest.fixture
def application(tenant):
    return make_application(tenant, make_candidate(tenant, name="Ada Lovelace", emails=[ADDRESS]), make_job(tenant))


def _run(tenant, minutes=0):
    with time_machine.travel(clock.now() + timedelta(minutes=minutes), tick=True):
        tenant.run_jobs()


def _subjects(app):
    return [mail["Subject"] for mail in mails(app, ADDRESS)]


def test_a_mail_waits_for_the_hold_and_an_undo_takes_it_back(app, tenant, api, application, held):
    ok(api.post(f"/applications/{application}/hire", {}))
    _run(tenant, 9)
    assert _subjects(app) == []
    ok(tenant.api().post(f"/applications/{application}/unhire", {}))
    _run(tenant, 60)
    assert _subjects(app) == []
    ok(tenant.api().post(f"/applications/{application}/hire", {}))
    _run(tenant, 11)
    assert len(_subjects(app)) == 1


def test_who_was_not_invited_yet_hears_of_no_cancellation(app, tenant, api, application, held):
    interview = make_interview(tenant, application)
    ok(api.post(f"/interviews/{interview}/cancel", {"reason": "The panel is ill."}))
    _run(tenant, 60)
    assert _subjects(app) == []
    other = make_interview(tenant, application)
    _run(tenant, 11)
    ok(tenant.api().post(f"/interviews/{other}/cancel", {"reason": "The panel is ill."}))
    _run(tenant, 60)
    assert [subject.split(":")[0] for subject in _subjects(app)] == ["Interview", "Cancelled"]


def test_an_offer_that_is_rescinded_within_the_hold_is_not_mailed(app, tenant, api, application, held):
    offer = make_offer(tenant, application)
    ok(api.post(f"/offers/{offer}/send", {}, headers={"Idempotency-Key": "once"}))
    ok(api.post(f"/offers/{offer}/rescind", {"reason": "The budget is gone."}))
    _run(tenant, 60)
    assert _subjects(app) == []


def test_a_rule_turns_a_mail_off(app, tenant, api, application):
    ok(api.put("/mail-rules/application-hired", {"is_on": False}))
    ok(api.post(f"/applications/{application}/hire", {}))
    _run(tenant, 60)
    assert _subjects(app) == []


def test_a_rule_chooses_template_and_delay(app, tenant, api, application):
    ok(api.put("/email-templates/own.welcome/en", OWN))
    rule = {"template": "own.welcome", "delay_minutes": 90}
    assert ok(api.put("/mail-rules/application-hired", rule))["usual_delay_minutes"] == 0
    ok(api.post(f"/applications/{application}/hire", {}))
    _run(tenant, 80)
    assert _subjects(app) == []
    _run(tenant, 100)
    (mail,) = mails(app, ADDRESS)
    text = mail.get_body(("plain",)).get_content()
    assert mail["Subject"] == "Data Engineer: news" and "Dear Ada," in text and "Admin" in text


def test_rules_apply_to_interviews(app, tenant, api, application):
    ok(api.put("/mail-rules/interview-invitation", {"is_on": False}))
    make_interview(tenant, application)
    _run(tenant)
    assert _subjects(app) == []


def test_a_stage_mails_a_template_of_the_tenant_after_a_delay(app, tenant, api, application):
    ok(api.put("/email-templates/own.prepare/en", OWN))
    job = ok(api.get(f"/applications/{application}"))
    stages = {each["kind"]: each["id"] for each in ok(api.get(f"/jobs/{job['job_id']}"))["stages"]}
    path = f"/jobs/{job['job_id']}/stages/{stages['interview']}"
    mail = {"kind": "mail", "template": "own.prepare", "delay_minutes": 120}
    ok(api.patch(path, {"automations": [mail]}))
    for bad in ({**mail, "subject": "A"}, {"kind": "mail"}, {**mail, "template": "own.gone"}):
        assert api.patch(path, {"automations": [bad]}).status_code == 422
    step = {"from_stage_id": job["stage_id"], "to_stage_id": stages["interview"]}
    ok(api.post(f"/applications/{application}/move", step))
    _run(tenant, 110)
    assert _subjects(app) == []
    _run(tenant, 130)
    assert _subjects(app) == ["Data Engineer: news"]


def test_rules_are_listed_set_and_reset(tenant, api):
    found = {each["trigger"]: each for each in ok(api.get("/mail-rules"))["data"]}
    assert found["application_rejected"]["usual_delay_minutes"] == 24 * 60
    assert all(each["is_on"] and each["template"] is None for each in found.values())
    ok(api.put("/mail-rules/application_moved", {"delay_minutes": 5}))
    assert {e["trigger"]: e for e in ok(api.get("/mail-rules"))["data"]}["application_moved"]["delay_minutes"] == 5
    ok(api.delete("/mail-rules/application-moved"), 204)
    assert {e["trigger"]: e for e in ok(api.get("/mail-rules"))["data"]}["application_moved"]["delay_minutes"] is None
    assert refused(api.put("/mail-rules/offer-sent", {}), 404) == "not_found"
    assert refused(api.put("/mail-rules/application-hired", {"template": "own.gone"}), 422) == "unknown_template"
    assert refused(tenant.api("RECRUITER").put("/mail-rules/application-hired", {}), 403) == "permission_missing"
