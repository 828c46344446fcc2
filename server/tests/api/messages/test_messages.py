"""Messages to candidates: written, held, sent once, kept with their threads."""

from __future__ import annotations

from datetime import timedelta

import pytest
import time_machine

from app.utils import clock
from tests.factories.application import make_application
from tests.factories.candidate import make_candidate
from tests.factories.client import ok, refused
from tests.factories.job import make_job
from tests.factories.mailbox import mails

ADDRESS = "ada@people.example"
TEXT = {"subject": "A position, {given_name}", "text": "Hello {name},\n\nmay I call you?\n\n{signature}"}


@pytest.fixture
def candidate(tenant):
    return str(make_candidate(tenant, name="Ada Lovelace", emails=[ADDRESS]))


def _send(api, candidate, **body):
    return api.post(f"/candidates/{candidate}/messages", {**TEXT, **body})


def _without(**more):
    return {**dict.fromkeys(("subject", "text")), **more}


def test_a_message_is_sent_and_kept(app, tenant, api, candidate):
    made = ok(_send(api, candidate), 201)
    assert (made["status"], made["subject"]) == ("queued", "A position, Ada") and "Hello Ada Lovelace" in made["text"]
    tenant.run_jobs()
    (mail,) = mails(app, ADDRESS)
    assert mail["Subject"] == "A position, Ada" and mail["Auto-Submitted"] is None
    assert "may I call you?" in mail.get_body(("html",)).get_content()
    after = ok(api.get(f"/email-messages/{made['id']}"))
    assert after["status"] == "sent" and after["author_id"] == str(tenant.users["TENANT_ADMIN"])
    (thread,) = ok(api.get("/email-threads", query_string={"mine": True}))["data"]
    assert (thread["id"], thread["last_direction"]) == (made["thread_id"], "out")
    assert thread["candidate"]["name"] == "Ada Lovelace" and thread["subject"] == "A position, Ada"


def test_the_record_of_a_long_subject_is_cut_and_the_mail_has_it_whole(app, tenant, api):
    long = str(make_candidate(tenant, name="Ada " + "L" * 116, emails=[ADDRESS]))
    made = ok(_send(api, long, subject="{name}, {name}, {name}"), 201)
    assert len(made["subject"]) == 300
    (thread,) = ok(api.get("/email-threads"))["data"]
    assert thread["subject"] == made["subject"]
    tenant.run_jobs()
    (mail,) = mails(app, ADDRESS)
    assert len(mail["Subject"]) == 364


def test_a_thread_goes_on_with_references(app, tenant, api, candidate):
    first = ok(_send(api, candidate), 201)
    tenant.run_jobs()
    ok(_send(api, candidate, subject="Again", thread_id=first["thread_id"]), 201)
    tenant.run_jobs()
    before, after = sorted(mails(app, ADDRESS), key=lambda mail: mail["Subject"] == "Again")
    assert after["In-Reply-To"] == before["Message-ID"] == after["References"]
    listed = ok(api.get("/email-messages", query_string={"thread_id": first["thread_id"]}))["data"]
    assert [each["subject"] for each in listed] == ["Again", "A position, Ada"]


def test_a_message_is_taken_back_within_the_hold(app, tenant, api, candidate):
    ok(api.put("/tenant/settings", {"mail_hold_minutes": 10}))
    made = ok(_send(api, candidate), 201)
    assert ok(api.post(f"/email-messages/{made['id']}/cancel", {}))["status"] == "cancelled"
    sent = ok(_send(api, candidate, subject="Second"), 201)
    with time_machine.travel(clock.now() + timedelta(minutes=11), tick=True):
        tenant.run_jobs()
        assert [mail["Subject"] for mail in mails(app, ADDRESS)] == ["Second"]
        assert refused(tenant.api().post(f"/email-messages/{sent['id']}/cancel", {}), 409) == "mail_not_queued"
    assert refused(api.post(f"/email-messages/{sent['id']}/retry", {}), 409) == "mail_not_failed"


def test_a_template_is_filled_and_a_gap_is_refused(app, tenant, api, candidate):
    ok(api.put("/email-templates/own.job/en", {"subject": "{job}", "text": "Dear {given_name}, {job} at {company}."}))
    named = {"template": "own.job"}
    assert refused(api.post(f"/candidates/{candidate}/messages", named), 422) == "missing_value"
    application = make_application(tenant, candidate, make_job(tenant, title="Pilot"))
    made = ok(api.post(f"/candidates/{candidate}/messages", {**named, "application_id": str(application)}), 201)
    assert made["subject"] == "Pilot" and made["text"].startswith("Dear Ada, Pilot at ")
    other = make_application(tenant)
    wrong = {**named, "application_id": str(other)}
    assert refused(api.post(f"/candidates/{candidate}/messages", wrong), 422) == "other_candidate"
    assert refused(_send(api, candidate, text="{salary}"), 422) == "unknown_variable"
    assert refused(api.post(f"/candidates/{candidate}/messages", {"template": "own.gone"}), 422) == "unknown_template"
    assert refused(_send(api, candidate, template="own.job"), 422) == "validation_failed"
    assert refused(api.post(f"/candidates/{candidate}/messages", {"subject": "A"}), 422) == "validation_failed"


def test_who_cannot_be_mailed_is_not(app, tenant, api, candidate):
    silent = make_candidate(tenant, emails=[])
    assert refused(_send(api, silent), 409) == "no_address"
    waiting = ok(_send(api, candidate), 201)
    made = ok(api.post("/mail-suppressions", {"address": ADDRESS.upper()}), 201)
    assert (made["address"], made["reason"]) == (ADDRESS, "manual")
    assert refused(api.post("/mail-suppressions", {"address": ADDRESS}), 409)
    assert refused(_send(api, candidate), 409) == "address_suppressed"
    tenant.run_jobs()
    assert mails(app, ADDRESS) == []
    assert ok(api.get(f"/email-messages/{waiting['id']}"))["status"] == "suppressed"
    ok(api.delete(f"/mail-suppressions/{made['id']}"), 204)
    ok(_send(api, candidate), 201)


def test_names_cannot_reach_into_a_message(tenant, api):
    eve = make_candidate(tenant, name="Eve {salary} <b>x</b>", emails=["eve@people.example"])
    made = ok(_send(api, eve), 201)
    assert "Hello Eve {salary} <b>x</b>," in made["text"]


def test_others_candidates_cannot_be_written_to(tenant, candidate):
    stranger = tenant.api("RECRUITER")
    assert refused(_send(stranger, candidate), 404) == "not_found"
    assert ok(stranger.get("/email-threads"))["data"] == []
