"""Applications from the world: what somebody anonymous can and cannot do, and what becomes of good ones."""

from __future__ import annotations

import json
import re
import time
from datetime import timedelta
from hashlib import sha256
from uuid import UUID

import pytest
import time_machine
from werkzeug.test import encode_multipart

from app.extensions import db
from app.models import CandidateDocument
from app.services.careers import kept_file_service, public_application_service
from app.services.jobs import job_posting_service, job_question_service
from app.services.mail import candidate_links
from app.services.mail.candidate_links import Purpose
from app.utils import clock
from tests.factories.candidate import make_candidate, resume_text
from tests.factories.candidate_resume import make_document
from tests.factories.careers import (
    applicant,
    apply_by_api,
    apply_by_form,
    make_posting,
    make_question,
    make_survey_question,
    make_tracking_link,
)
from tests.factories.client import Api, ok, refused
from tests.factories.job import make_job
from tests.factories.mailbox import mails
from tests.factories.statement_counts import count_statements
from tests.factories.tenant import make_tenant

REASON = {"reason": "The position is filled."}
EVE = b"""Eve Evil
eve@evil.example | +49 30 901820 | evil.example/phish
Kiel, Germany

Experience
Clerk, Idle GmbH, 01/2015 - 12/2020

Skills
COBOL, Fortran
"""
LINK = re.compile(r"https?://\S+/(?:withdrawals|offers)/(\S+)")


def _applications(api, **query):
    return ok(api.get("/applications", query_string=query))["data"]


def _contacts(api, candidate) -> list[str]:
    return [each["value"] for each in ok(api.get(f"/candidates/{candidate}"))["contacts"]]


def _answers(question, value) -> str:
    return json.dumps([{"question_id": str(question), "value": value}])


def _later(tenant, days: float):
    tenant.tokens.clear()
    return time_machine.travel(clock.now() + timedelta(days=days))


@pytest.fixture(autouse=True)
def _tokens_of_today(tenant):
    yield
    tenant.tokens.clear()


def test_a_stranger_changes_nothing_of_a_known_candidate_until_a_user_confirms(app, tenant, api):
    known = make_candidate(tenant, emails=["vera@people.example"], name="Vera Known", location=None, skills=[])
    before = ok(api.get(f"/candidates/{known}"))
    fields = {
        "email": "vera@people.example",
        "name": "Vera Known",
        "phone": "+4930901820",
        "talent_pool_consent": "true",
    }
    ok(apply_by_api(tenant, make_posting(tenant), EVE, **fields), 201)
    tenant.run_jobs()
    after = ok(api.get(f"/candidates/{known}"))
    for name in ("name", "headline", "location", "skills", "years_experience", "contacts"):
        assert after[name] == before[name], name
    assert ok(api.get(f"/candidate-consents?candidate_id={known}"))["data"] == []
    (resume,) = ok(api.get(f"/candidate-resumes?candidate_id={known}"))["data"]
    assert (resume["trust"], resume["is_primary"], resume["status"]) == ("nothing", False, "parsed")
    assert ok(api.get("/candidates", query_string={"q": "cobol"}))["data"] == []
    assert [mail["To"] for mail in mails(app, "vera@people.example")] == ["vera@people.example"]
    assert mails(app, "eve@evil.example") == []
    confirmed = ok(api.post(f"/candidate-resumes/{resume['id']}/confirm"))
    assert (confirmed["trust"], confirmed["is_primary"]) == ("full", True)
    assert "eve@evil.example" in _contacts(api, known) and _contacts(api, known)[0] == "vera@people.example"
    assert "COBOL" in ok(api.get(f"/candidates/{known}"))["skills"]
    assert ok(api.post(f"/candidate-resumes/{resume['id']}/confirm"), 409)["code"] == "already_confirmed"


def test_nobody_takes_over_somebody_who_has_not_applied_yet(app, tenant, api):
    posting = make_posting(tenant)
    resume = EVE.replace(b"eve@evil.example", b"victim@people.example")
    ok(apply_by_api(tenant, posting, resume, email="eve@evil.example", phone="+491701234567"), 201)
    tenant.run_jobs()
    (eve,) = _applications(api)
    assert _contacts(api, eve["candidate_id"]) == ["eve@evil.example"]
    assert "COBOL" in ok(api.get(f"/candidates/{eve['candidate_id']}"))["skills"], "a new candidate has the fields"
    ok(apply_by_api(tenant, posting, email="victim@people.example"), 201)
    tenant.run_jobs()
    assert len({each["candidate_id"] for each in _applications(api)}) == 2
    assert len(mails(app, "victim@people.example")) == len(mails(app, "eve@evil.example")) == 1


def test_mails_go_to_the_address_that_was_typed_as_long_as_it_is_the_candidates(app, tenant, api):
    candidate = make_candidate(tenant, name="Vera", emails=["work@people.example", "home@people.example"])
    ok(apply_by_api(tenant, make_posting(tenant), name="Vera", email="HOME@people.example"), 201)
    tenant.run_jobs()
    assert len(mails(app, "home@people.example")) == 1 and mails(app, "work@people.example") == []
    ok(api.patch(f"/candidates/{candidate}", {"emails": ["work@people.example"]}))
    (application,) = _applications(api)
    ok(api.post(f"/applications/{application['id']}/reject", REASON))
    with _later(tenant, 2):
        tenant.run_jobs()
    assert len(mails(app, "work@people.example")) == 1 and len(mails(app, "home@people.example")) == 1


def test_who_was_rejected_cannot_try_again_at_once_and_who_withdrew_can(tenant, api):
    ok(api.put("/tenant/settings", {"reject_failed_screening": True}))
    job = make_job(tenant)
    posting, question = make_posting(tenant, job), make_question(tenant, job, "number", "Years?", passes={"min": "3"})
    for years in ("1", "2", "9"):
        ok(apply_by_api(tenant, posting, email="ida@people.example", answers=_answers(question, years)), 201)
    (rejected,) = _applications(api)
    assert rejected["status"] == "rejected"
    assert len([m for m in ok(api.get("/email-messages"))["data"] if m["template"] == "application_rejected"]) == 1
    with _later(tenant, 91):
        ok(apply_by_api(tenant, posting, email="ida@people.example", answers=_answers(question, "9")), 201)
        assert {each["status"] for each in _applications(tenant.api())} == {"rejected", "active"}
        (active,) = _applications(tenant.api(), status="active")
        ok(tenant.api().post(f"/applications/{active['id']}/withdraw", {}))
        ok(apply_by_api(tenant, posting, email="ida@people.example", answers=_answers(question, "9")), 201)
        assert len(_applications(tenant.api(), status="active")) == 1


def test_a_question_with_a_rule_has_to_be_answered(tenant, api):
    job = make_job(tenant)
    question = ok(
        api.post(f"/jobs/{job}/questions", {"label": "Visa?", "kind": "yes_no", "passes": {"any_of": ["no"]}}), 201
    )
    assert question["is_required"] is True
    path = f"/jobs/{job}/questions/{question['id']}"
    assert ok(api.patch(path, {"is_required": False}))["is_required"] is True
    assert apply_by_api(tenant, make_posting(tenant, job)).get_json()["errors"][0]["code"] == "missing"
    assert ok(api.patch(path, {"passes": None, "is_required": False}))["is_required"] is False
    narrow = {"label": "Years?", "kind": "number", "passes": {"min": "10", "max": "3"}}
    assert (
        "`min` must not be above `max`." in ok(api.post(f"/jobs/{job}/questions", narrow), 422)["errors"][0]["detail"]
    )


def test_an_answer_that_rules_out_counts_whatever_is_chosen_besides(tenant, api):
    ok(api.put("/tenant/settings", {"reject_failed_screening": True}))
    job = make_job(tenant)
    options, passes = ["EU citizen", "Needs a visa"], {"any_of": ["EU citizen"], "none_of": ["Needs a visa"]}
    question = make_question(tenant, job, "multiple_choice", "Right to work?", options=options, passes=passes)
    posting = make_posting(tenant, job)
    ok(apply_by_api(tenant, posting, answers=_answers(question, options)), 201)
    ok(apply_by_api(tenant, posting, answers=_answers(question, options[:1])), 201)
    assert sorted(each["status"] for each in _applications(api)) == ["active", "rejected"]


@pytest.mark.parametrize(
    "value", ["1e-999999", "1e1000000", "1e999999999999999999", "65.000", "1_000", "٣", "1" * 40, "0x10", "-"]
)
def test_a_number_is_short_and_not_ambiguous(tenant, value):
    job = make_job(tenant)
    question = make_question(tenant, job, "number", "Pay?")
    answer = apply_by_api(tenant, make_posting(tenant, job), answers=_answers(question, value))
    assert ok(answer, 422)["errors"][0]["code"] == "bad_answer"


def test_a_comma_is_a_point(tenant, api):
    job = make_job(tenant)
    question = make_question(tenant, job, "number", "Years?", passes={"min": "3"})
    ok(apply_by_api(tenant, make_posting(tenant, job), answers=_answers(question, "3,5")), 201)
    (application,) = _applications(api)
    assert application["status"] == "active"
    assert ok(api.get(f"/applications/{application['id']}/answers"))["data"][0]["value"] == "3.5"


def test_an_answer_keeps_the_words_of_its_question(tenant, api):
    job = make_job(tenant)
    question = make_question(tenant, job)
    ok(apply_by_api(tenant, make_posting(tenant, job), answers=_answers(question, "no")), 201)
    ok(api.patch(f"/jobs/{job}/questions/{question}", {"label": "Do you need a visa?"}))
    (answer,) = ok(api.get(f"/applications/{_applications(api)[0]['id']}/answers"))["data"]
    assert answer["label"] == "May you work here?" and answer["value"] is False


def test_a_file_that_is_not_taken_loses_nothing_that_was_typed(tenant, api):
    job = make_job(tenant)
    posting = make_posting(tenant, job)
    picture = b"GIF89a\x01\x00\x01\x00" + b"0" * 50
    wrong = apply_by_form(tenant, posting, picture, name="Ida Typed")
    assert wrong.status_code == 415 and 'value="Ida Typed"' in wrong.text and 'id="error-file"' in wrong.text
    assert 'aria-describedby="hint-file error-file"' in wrong.text and "Choose another file" in wrong.text
    ok(api.post(f"/jobs/{job}/close", {**REASON, "applications": "keep"}))
    gone = apply_by_form(tenant, posting, name="")
    assert gone.status_code == 410 and gone.mimetype == "text/html" and "no longer open" in gone.text


def test_a_filled_limit_is_told_to_everybody_alike(tenant, api):
    make_candidate(tenant, emails=["known@people.example"])
    posting = make_posting(tenant)
    with tenant.bound():
        db.session.execute(db.text("update tenant_counters set max_candidates = candidates"))
        db.session.commit()
    answers = [apply_by_api(tenant, posting, email=f"{who}@people.example") for who in ("known", "unknown")]
    assert [(each.status_code, each.get_json()["code"]) for each in answers] == [(409, "not_taking_applications")] * 2
    again = apply_by_form(tenant, posting, name="Ida Typed")
    assert again.status_code == 409 and 'value="Ida Typed"' in again.text


def test_a_file_of_another_candidate_stays_there_and_leaves_no_row(tenant, api):
    candidate = make_candidate(tenant)
    make_document(tenant, candidate)
    posting = make_posting(tenant)
    ok(apply_by_api(tenant, posting, f"Reference letter for {candidate}".encode()), 201)
    assert ok(api.get("/candidate-resumes"))["data"] == []
    used = ok(api.get("/tenant/usage"))["storage_bytes"]
    assert refused(apply_by_api(tenant, posting, EVE, answers="[{}]"), 422) == "validation_failed"
    question = make_question(tenant, make_job(tenant))
    assert refused(apply_by_api(tenant, posting, EVE, answers=_answers(question, "yes")), 422) == "bad_answers"
    with tenant.bound():
        assert db.session.scalar(db.select(db.func.count()).select_from(CandidateDocument)) == 1
    assert ok(api.get("/tenant/usage"))["storage_bytes"] == used


def test_an_address_gets_only_so_many_receipts_a_day(app, tenant):
    for _ in range(public_application_service.RECEIPTS_A_DAY + 2):
        ok(apply_by_api(tenant, make_posting(tenant), email="bomb@people.example"), 201)
    tenant.run_jobs()
    assert len(mails(app, "bomb@people.example")) == public_application_service.RECEIPTS_A_DAY


@pytest.mark.parametrize(
    "name", ["WIN http://evil.example/ now", "www.evil.example", "me@evil.example", "http:evil", "evil.com"]
)
def test_a_name_advertises_nothing(tenant, name):
    assert ok(apply_by_api(tenant, make_posting(tenant), name=name), 422)["errors"][0]["pointer"] == "/name"


@pytest.mark.parametrize("field", ["message", "name", "phone", "ref"])
def test_what_no_database_holds_is_refused(tenant, field):
    assert refused(apply_by_api(tenant, make_posting(tenant), **{field: "a\x00b"}), 422) == "validation_failed"


def test_filters_that_no_database_holds_are_refused_or_left_out(app, tenant):
    assert refused(Api(app).get(f"/public/careers/{tenant.slug}?department=%00"), 400) == "invalid_parameters"
    assert app.test_client().get(f"/careers/{tenant.slug}?department=%00").status_code == 200


def test_the_rate_of_applications_is_limited_by_address_and_network(app, tenant, monkeypatch):
    monkeypatch.setitem(app.config, "SETTINGS", app.config["SETTINGS"].model_copy(update={"rate_limit_apply": "2/60"}))
    posting = make_posting(tenant)
    codes = [apply_by_api(tenant, posting).status_code for _ in range(3)] + [apply_by_form(tenant, posting).status_code]
    assert codes == [201, 201, 429, 429]


def test_a_withdrawal_page_tells_what_the_applicant_may_know(app, tenant, api):
    posting = make_posting(tenant)
    ok(apply_by_api(tenant, posting, email="follows@people.example"), 201)
    tenant.run_jobs()
    token = LINK.search(mails(app, "follows@people.example")[0].get_body(("plain",)).get_content())[1]
    public = Api(app)

    def status() -> str:
        return ok(public.get(f"/public/applications/{token}"))["status"]

    (application,) = _applications(api)
    ok(api.post(f"/applications/{application['id']}/reject", REASON))
    assert status() == "active", "the rejection has not been told yet"
    with time_machine.travel(clock.now() + timedelta(days=2)):
        assert status() == "ended"
    ok(api.post(f"/applications/{application['id']}/reopen", {}))
    moved = ok(api.post(f"/applications/{application['id']}/transfer", {"job_id": str(make_job(tenant))}), 201)
    assert status() == "active", "the link follows the transfer"
    ok(api.post(f"/applications/{moved['id']}/hire", {}))
    assert status() == "hired"
    assert "You are hired" in app.test_client().get(f"/withdrawals/{token}").text
    ok(api.post(f"/applications/{moved['id']}/unhire", {}))
    assert ok(public.post(f"/public/applications/{token}/withdraw", {}))["status"] == "ended"
    assert ok(api.get(f"/applications/{moved['id']}"))["status"] == "withdrawn"


def test_who_withdraws_while_a_rejection_waits_gets_none(app, tenant, api):
    ok(apply_by_api(tenant, make_posting(tenant), email="waits@people.example"), 201)
    tenant.run_jobs()
    token = LINK.search(mails(app, "waits@people.example")[0].get_body(("plain",)).get_content())[1]
    ok(api.post(f"/applications/{_applications(api)[0]['id']}/reject", REASON))
    assert ok(Api(app).post(f"/public/applications/{token}/withdraw", {}))["status"] == "ended"
    with _later(tenant, 3):
        tenant.run_jobs()
    assert len(mails(app, "waits@people.example")) == 1


def test_a_link_is_good_for_its_purpose_its_time_and_active_tenants(app, tenant, api):
    ok(apply_by_api(tenant, make_posting(tenant)), 201)
    application = _applications(api)[0]["id"]
    with tenant.bound():
        token = candidate_links.make(Purpose.WITHDRAWAL, application)
        offer = candidate_links.make(Purpose.OFFER, application)
    public = Api(app)
    ok(public.get(f"/public/applications/{token}"))
    assert refused(public.get(f"/public/offers/{token}"), 404) == "not_found"
    assert refused(public.get(f"/public/applications/{offer}"), 404) == "not_found"
    with time_machine.travel(clock.now() + timedelta(days=366)):
        assert refused(public.get(f"/public/applications/{token}"), 404) == "not_found"
    with tenant.bound():
        db.session.execute(db.text("update tenants set status = 'suspended' where slug = :slug"), {"slug": tenant.slug})
        db.session.commit()
    assert refused(public.get(f"/public/applications/{token}"), 404) == "not_found"


def test_a_link_that_counts_no_more_and_a_posting_taken_down(app, tenant, api):
    job = make_job(tenant)
    posting, link = make_posting(tenant, job), make_tracking_link(tenant)
    ok(api.patch(f"/tracking-links/{link.id}", {"is_active": False}))
    ok(apply_by_api(tenant, posting, ref=link.token), 201)
    (application,) = _applications(api)
    assert (application["source"], application["tracking_link_id"]) == ("careers page", None)
    ok(api.patch(f"/tracking-links/{link.id}", {"name": "Fair in May"}))
    assert ok(api.post("/tracking-links", {"name": "fair in MAY", "source": "x"}), 409)
    assert ok(api.post("/tracking-links", {"name": "Fair in Bremen", "source": "x"}), 201)
    ok(api.post(f"/job-postings/{posting}/unpublish", {}))
    assert refused(apply_by_api(tenant, posting), 410) == "job_closed"
    assert ok(Api(app).get(f"/public/careers/{tenant.slug}"))["jobs"] == []


def test_where_a_visitor_comes_from_goes_along(app, tenant):
    posting, link = make_posting(tenant), make_tracking_link(tenant)
    browser = app.test_client()
    for name in ("jobs.xml", "rss.xml"):
        assert (
            f"/jobs/{posting}?ref={link.token}" in browser.get(f"/careers/{tenant.slug}/{name}?ref={link.token}").text
        )
    page = browser.get(f"/careers/{tenant.slug}/jobs/{posting}?ref={link.token}").text
    assert f'href="http://localhost:5000/careers/{tenant.slug}?ref={link.token}"' in page
    assert f'<link rel="canonical" href="http://localhost:5000/careers/{tenant.slug}/jobs/{posting}">' in page
    ok(Api(app).get(f"/public/careers/{tenant.slug}/jobs/{posting}?ref={link.token}"))
    assert len(browser.get(f"/careers/{tenant.slug}?ref={'x' * 5000}").text) < 9000


def test_numbers_of_questions_and_postings_have_an_end(tenant, api, monkeypatch):
    job = make_job(tenant)
    monkeypatch.setattr(job_posting_service, "MAX_POSTINGS", 1)
    monkeypatch.setattr(job_question_service, "MAX_QUESTIONS", 1)
    make_posting(tenant, job)
    make_question(tenant, job)
    assert ok(api.post(f"/jobs/{job}/postings", {}), 409)["code"] == "too_many_postings"
    question = {"label": "Second?", "kind": "yes_no"}
    assert ok(api.post(f"/jobs/{job}/questions", question), 409)["code"] == "too_many_questions"


def test_postings_are_listed_in_a_constant_number_of_statements(app, tenant, api):
    job = make_job(tenant)

    def count() -> int:
        return count_statements(app, lambda: ok(api.get(f"/jobs/{job}/postings")))

    make_posting(tenant, job)
    few = count()
    for _ in range(10):
        make_posting(tenant, job)
    assert count() == few


def test_terms_of_a_privacy_notice_are_linked(app, tenant, api):
    settings = ok(api.get("/tenant/settings"))
    settings.pop("version")
    ok(api.put("/tenant/settings", {**settings, "privacy_url": "https://quay.example/privacy"}))
    page = app.test_client().get(f"/careers/{tenant.slug}/jobs/{make_posting(tenant)}").text
    assert '<a href="https://quay.example/privacy">' in page


def test_who_applies_again_loses_nothing_of_what_was_typed(app, tenant, api):
    job = make_job(tenant, owner_id=str(tenant.users["MANAGER"]))
    posting, question = make_posting(tenant, job), make_question(tenant, job, "number", "Years?", passes={"min": "3"})
    ok(
        apply_by_api(tenant, posting, email="vera@again.example", name="Vera Again", answers=_answers(question, "1")),
        201,
    )
    resume = b"Vera Again\nWharf Warden\n"
    more = {"message": "It is really me.", "answers": _answers(question, "9")}
    ok(apply_by_api(tenant, posting, resume, email="vera@again.example", name="Vera", **more), 201)
    (application,) = _applications(api)
    second, first = ok(api.get(f"/applications/{application['id']}/forms"))["data"]
    assert (first["name"], second["name"], second["message"]) == ("Vera Again", "Vera", "It is really me.")
    assert [each["answers"][0]["value"] for each in (first, second)] == ["1", "9"]
    assert len(ok(api.get(f"/candidate-resumes?candidate_id={application['candidate_id']}"))["data"]) == 1
    tenant.run_jobs()
    assert "a candidate applied again" in mails(app, tenant.email("MANAGER"))[-1]["Subject"]
    for _ in range(12):
        ok(apply_by_api(tenant, posting, email="vera@again.example", name="Vera", answers=_answers(question, "1")), 201)
    assert len(ok(api.get(f"/applications/{application['id']}/forms"))["data"]) == 10


def test_a_resume_that_a_user_has_uploaded_is_nobodys_to_take(tenant, api):
    vera = b"Vera Known\nvera@taken.example\nBerlin\n"
    resume = ok(api.upload("/candidate-resumes", vera), 202)
    posting = make_posting(tenant)
    ok(apply_by_api(tenant, posting, vera, email="evil@taken.example"), 201)
    tenant.run_jobs()
    owner = ok(api.get(f"/candidate-resumes/{resume['id']}"))["candidate_id"]
    (application,) = _applications(api)
    assert owner not in (None, application["candidate_id"])
    assert _contacts(api, application["candidate_id"]) == ["evil@taken.example"]
    (form,) = ok(api.get(f"/applications/{application['id']}/forms"))["data"]
    assert form["has_known_file"] is True


def test_a_resume_from_outside_is_not_primary_by_a_side_door(tenant, api):
    candidate = make_candidate(tenant, name="Eve Evil", emails=["side@door.example"])
    own = ok(api.upload("/candidate-resumes", b"Ada Own\nPilot\n", candidate_id=str(candidate)), 202)["id"]
    ok(apply_by_api(tenant, make_posting(tenant), EVE, name="Eve Evil", email="side@door.example"), 201)
    other = next(r for r in ok(api.get(f"/candidate-resumes?candidate_id={candidate}"))["data"] if r["id"] != own)
    assert ok(api.delete(f"/candidate-resumes/{own}"), 409)["code"] == "last_resume"
    assert ok(api.patch(f"/candidate-resumes/{other['id']}", {"is_primary": True}), 409)["code"] == "not_confirmed"
    ok(api.delete(f"/candidate-resumes/{other['id']}"), 204)


def test_what_came_along_goes_along_with_a_transfer(tenant, api):
    link = make_tracking_link(tenant)
    with time_machine.travel(clock.now() - timedelta(days=30), tick=False):
        ok(apply_by_api(tenant, make_posting(tenant), ref=link.token, message="Ahoi!"), 201)
    (application,) = _applications(api)
    moved = ok(api.post(f"/applications/{application['id']}/transfer", {"job_id": str(make_job(tenant))}), 201)
    assert moved["tracking_link_id"] == str(link.id) and moved["applied_at"] == application["applied_at"]
    assert ok(api.get(f"/applications/{moved['id']}/forms"))["data"][0]["message"] == "Ahoi!"
    ok(api.post(f"/applications/{moved['id']}/hire", {}))
    (line,) = ok(api.get("/reports/sources?by=tracking_link"))["lines"]
    figures = {name: figure["value"] for name, figure in line["figures"].items()}
    assert (figures["applications"], figures["hired"], figures["median_to_hire"]) == (1, 1, "30.00")


def test_no_rejection_is_mailed_to_whom_no_receipt_is(app, tenant, api):
    ok(api.put("/tenant/settings", {"reject_failed_screening": True}))
    for _ in range(public_application_service.RECEIPTS_A_DAY + 2):
        job = make_job(tenant)
        question = make_question(tenant, job, "number", "Years?", passes={"min": "3"})
        ok(
            apply_by_api(tenant, make_posting(tenant, job), email="side@bomb.example", answers=_answers(question, "1")),
            201,
        )
    with _later(tenant, 2):
        tenant.run_jobs()
    assert len(mails(app, "side@bomb.example")) == 2 * public_application_service.RECEIPTS_A_DAY


def test_the_withdrawal_of_who_was_rejected_looks_like_that_of_everybody(app, tenant, api):
    posting = make_posting(tenant)
    ok(apply_by_api(tenant, posting, email="told@early.example"), 201)
    tenant.run_jobs()
    token = LINK.search(mails(app, "told@early.example")[0].get_body(("plain",)).get_content())[1]
    ok(api.post(f"/applications/{_applications(api)[0]['id']}/reject", REASON))
    public, path = Api(app), f"/public/applications/{token}"
    statuses = [ok(public.get(path))["status"], ok(public.post(f"{path}/withdraw", {}))["status"]]
    assert [*statuses, ok(public.get(path))["status"]] == ["active", "ended", "ended"]
    ok(apply_by_api(tenant, posting, email="told@early.example"), 201)
    tenant.run_jobs()
    assert len(mails(app, "told@early.example")) == 2, "who withdrew gets a receipt for the next application"


def test_a_resume_is_no_book(tenant, api):
    ok(apply_by_api(tenant, make_posting(tenant), b"Ada Long\n" + b"Engineer at a company\n" * 10_000), 201)
    tenant.run_jobs()
    (resume,) = ok(api.get("/candidate-resumes"))["data"]
    assert resume["status"] == "failed" and "no resume is that long" in resume["failure_reason"]


def test_an_application_takes_as_long_for_everybody(tenant, monkeypatch):
    monkeypatch.setattr(public_application_service, "SECONDS", 0.5)
    make_candidate(tenant, emails=["slow@known.example"])
    posting = make_posting(tenant)
    for email in ("slow@known.example", "slow@new.example", "slow@known.example"):
        start = time.monotonic()
        ok(apply_by_api(tenant, posting, email=email), 201)
        assert time.monotonic() - start >= 0.5


def _token_of(text: str) -> str:
    return re.search(r'name="kept_file" value="([^"]+)"', text)[1]


def test_all_errors_come_in_one_round_and_the_file_is_chosen_once(tenant, api):
    posting = make_posting(tenant, job := make_job(tenant))
    question = make_question(tenant, job, "number", "Years?", is_required=True)
    resume = resume_text("Ida Once")
    first = apply_by_form(tenant, posting, resume, name="see https://evil.example", email="x", consent="")
    assert first.status_code == 422
    for name in ("name", "email", f"answer-{question}"):
        assert f'id="error-{name}"' in first.text, name
    assert "resume.txt is attached" in first.text
    answers = {f"answer-{question}": "3", "email": "ida.once@people.example"}
    second = apply_by_form(tenant, posting, **answers, consent="", kept_file=_token_of(first.text))
    assert 'id="error-consent"' in second.text and "resume.txt is attached" in second.text
    done = apply_by_form(tenant, posting, **answers, kept_file=_token_of(second.text))
    assert "Thank you" in done.text
    (application,) = ok(api.get(f"/applications?job_id={job}"))["data"]
    (document,) = ok(api.get(f"/candidate-documents?candidate_id={application['candidate_id']}"))["data"]
    assert document["sha256"] == sha256(resume).hexdigest()


def test_a_kept_file_is_of_its_tenant_and_of_nobody_who_invents_one(app, tenant):
    other = make_tenant(app)
    posting = make_posting(tenant)
    token = _token_of(apply_by_form(tenant, posting, resume_text("Ida Own"), consent="").text)
    elsewhere = make_posting(other)

    def is_there(slug: str, text: str) -> bool:
        with app.app_context(), kept_file_service.taken(slug, text) as file:
            return file is not None

    assert is_there(tenant.slug, token) and not is_there(other.slug, token) and not is_there(tenant.slug, "forged")
    with time_machine.travel(clock.now() + timedelta(hours=3), tick=False):
        assert not is_there(tenant.slug, token)
    assert "is attached" not in apply_by_form(other, elsewhere, consent="", kept_file=token).text


def test_the_limit_counts_applications_and_a_refused_form_keeps_everything(app, tenant, monkeypatch):
    posting = make_posting(tenant)
    monkeypatch.setitem(app.config, "SETTINGS", app.config["SETTINGS"].model_copy(update={"rate_limit_apply": "2/60"}))
    for _ in range(4):
        assert apply_by_form(tenant, posting, email="x").status_code == 422
    for number in range(2):
        assert "Thank you" in apply_by_form(tenant, posting, email=f"limit{number}@people.example").text
    late = apply_by_form(tenant, posting, resume_text("Ida Late"), name="Ida Late", email="late@people.example")
    assert late.status_code == 429 and int(late.headers["Retry-After"]) > 0
    assert 'value="Ida Late"' in late.text and "Wait a minute" in late.text


def test_answers_that_make_no_sense_are_errors_of_the_form(tenant):
    survey = make_survey_question(tenant)
    posting = make_posting(tenant, job := make_job(tenant))
    question = make_question(tenant, job)
    for wrong in ("x" * 61, ["A", "B"]):
        answer = apply_by_form(tenant, posting, email="x", **{f"survey-{survey}": wrong})
        assert answer.status_code == 422 and 'id="error-email"' in answer.text
    gone = f"answer-{UUID(int=7)}"  # removed since the page was loaded
    done = apply_by_form(tenant, posting, email="known@people.example", **{gone: "yes", f"answer-{question}": "yes"})
    assert "Thank you" in done.text


def test_a_file_of_the_wrong_type_is_told_with_the_other_errors_and_not_kept(tenant):
    posting = make_posting(tenant)
    answer = apply_by_form(tenant, posting, b"GIF89a\x01\x00\x01\x00" + b"0" * 50, email="x")
    assert 'id="error-email"' in answer.text and 'id="error-file"' in answer.text and "kept_file" not in answer.text


def test_the_language_of_a_form_stays(tenant):
    posting = make_posting(tenant)
    path, data = f"/careers/{tenant.slug}/jobs/{posting}?lang=pl&ref=abc", applicant(email="pl@people.example")
    boundary, body = encode_multipart(data)
    sent = tenant.app.test_client().post(
        path, data=body, headers={"Content-Type": f"multipart/form-data; boundary={boundary}"}
    )
    assert sent.status_code == 303 and sent.headers["Location"].endswith("/received?ref=abc&lang=pl")
