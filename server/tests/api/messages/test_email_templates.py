"""Templates: each kind of email in each language can be rewritten, and nothing half filled is sent."""

from __future__ import annotations

import pytest

from app.services.mail import email_kinds
from tests.factories.application import make_application
from tests.factories.candidate import make_candidate
from tests.factories.client import ok, refused
from tests.factories.job import make_job
from tests.factories.mailbox import mails

HIRED = "/email-templates/application_hired/en"
TEXTS = {"subject": "{job}: you are in, {name}", "text": "Dear {name},\n\n{company} is glad.\n\nSee you on board."}


@pytest.fixture
def hire(app, tenant, api):
    """Hire somebody and return the email that they get."""

    def hire(name="Ada Lovelace", **job):
        address = f"{name.split()[0].lower()}@people.example"
        candidate = make_candidate(tenant, name=name, emails=[address])
        application = make_application(tenant, candidate, make_job(tenant, **job))
        ok(api.post(f"/applications/{application}/hire", {}))
        tenant.run_jobs()
        (mail,) = mails(app, address)
        return mail

    return hire


def _parts(mail):
    text, html = (mail.get_body((kind,)).get_content() for kind in ("plain", "html"))
    return mail["Subject"], text, html


def test_the_shipped_text_is_shown_with_what_it_can_use(api):
    shown = ok(api.get(HIRED))
    assert shown["is_own"] is False and shown["version"] == 0 and shown["text"].startswith("Hello {name},")
    assert {"name", "job", "company"} <= set(shown["variables"]) and shown["audience"] == "candidate"
    assert ok(api.get("/email-templates/application_hired/de"))["text"].startswith("Guten Tag {name},")
    for path in ("/email-templates/nothing/en", "/email-templates/own.nothing/en", "/email-templates/parts/en"):
        assert refused(api.get(path), 404) == "not_found"


def test_an_own_text_is_sent_and_a_reset_ends_it(api, hire):
    saved = ok(api.put(HIRED, TEXTS))
    assert (saved["is_own"], saved["version"]) == (True, 1)
    subject, text, html = _parts(hire(title="Pilot"))
    assert subject == "Pilot: you are in, Ada Lovelace"
    assert "is glad" in text and "See you on board" in html and "Hello" not in text
    ok(api.delete(HIRED), 204)
    assert "Welcome aboard" in _parts(hire("Grace Hopper"))[0]
    assert ok(api.get(HIRED))["is_own"] is False


def test_html_is_cleaned_and_values_in_it_are_escaped(api, hire):
    html = '<p onclick="x()">Hi <b>{name}</b><script>alert(1)</script></p><a href="javascript:x()">x</a>'
    shown = ok(api.put(HIRED, {**TEXTS, "html": html}))["html"]
    assert "onclick" not in shown and "script" not in shown and "<b>{name}</b>" in shown
    _, text, html = _parts(hire("Eve <img src=x>"))
    assert "<b>Eve &lt;img src=x&gt;</b>" in html and "Eve <img src=x>" in text


@pytest.mark.parametrize(
    ("path", "texts", "errors"),
    [
        (HIRED, {"text": "Hi {nobody}"}, {("/text", "unknown_variable")}),
        (HIRED, {"subject": "{name.__class__} {salary}"}, {("/subject", "unknown_variable")}),
        (HIRED, {"html": "<p>{salary}</p>"}, {("/html", "unknown_variable")}),
        (HIRED, {"button": "Click"}, {("/button", "bad_button")}),
        ("/email-templates/offer_sent/en", {"subject": "Offer", "text": "Hi."}, {("/button", "bad_button")}),
        (
            "/email-templates/interview_invitation/en",
            {"subject": "Come", "text": "To {where}.", "html": "<p>{where} {when}</p>", "button": "Join"},
            {("/text", "missing_variable"), ("/html", "optional_variable")},
        ),
    ],
)
def test_a_template_that_does_not_fit_is_refused_when_it_is_saved(api, path, texts, errors):
    answer = api.put(path, {**TEXTS, **texts} if path == HIRED else texts)
    assert refused(answer, 422) == "bad_template"
    assert {(each["pointer"], each["code"]) for each in answer.get_json()["errors"]} == errors
    assert ok(api.get(path))["is_own"] is False


def test_versions_are_kept_and_restored(api, tenant):
    for number in range(1, 4):
        ok(api.put(HIRED, {**TEXTS, "subject": f"Number {number}"}))
    assert api.put(HIRED, TEXTS, headers={"If-Match": '"2"'}).status_code == 412
    ok(api.delete(HIRED), 204)
    back = ok(api.post(f"{HIRED}/restore", {"version": 1}))
    assert (back["subject"], back["version"]) == ("Number 1", 4)
    found = ok(api.get(f"{HIRED}/versions"))["data"]
    assert [(each["version"], each["is_current"]) for each in found] == [(4, True), (3, False), (2, False), (1, False)]
    assert {each["author_id"] for each in found} == {str(tenant.users["TENANT_ADMIN"])}
    assert refused(api.post(f"{HIRED}/restore", {"version": 9}), 404) == "not_found"


def test_own_templates_are_listed_beside_the_shipped_kinds(api):
    ok(api.put("/email-templates/own.first-contact/de", {"subject": "{job}", "text": "Guten Tag {given_name},"}))
    found = {each["kind"]: each for each in ok(api.get("/email-templates"))["data"]}
    assert found.keys() == {*email_kinds.shipped(), "own.first-contact"}
    assert found["own.first-contact"]["own_languages"] == ["de"]
    own = ok(api.get("/email-templates", query_string={"is_own": True}))["data"]
    assert [each["kind"] for each in own] == ["own.first-contact"]
    users = ok(api.get("/email-templates", query_string={"audience": "user"}))["data"]
    assert {each["audience"] for each in users} == {"user"} and users
    for bad in ("own.", "own.A", "own.-a", "own.a_b"):
        assert refused(api.put(f"/email-templates/{bad}/en", TEXTS), 404) == "not_found"


def test_a_preview_has_the_values_of_a_real_candidate(tenant, api):
    candidate = make_candidate(tenant, name="Grace Hopper")
    application = make_application(tenant, candidate, make_job(tenant, title="Admiral"))
    shown = ok(api.post(f"{HIRED}/preview", {"texts": TEXTS, "application_id": str(application)}))
    assert shown["subject"] == "Admiral: you are in, Grace Hopper" and "Dear Grace Hopper" in shown["html"]
    assert refused(api.post(f"{HIRED}/preview", {"texts": {**TEXTS, "text": "{x}"}}), 422) == "bad_template"
    assert ok(api.get(HIRED))["is_own"] is False, "a preview saves nothing"


@pytest.mark.parametrize("language", ["en", "de", "fr", "es", "pt", "it", "nl", "pl"])
def test_every_kind_can_be_previewed_saved_and_sent_as_it_is_shipped(api, language):
    for kind in email_kinds.shipped():
        path = f"/email-templates/{kind}/{language}"
        shown = ok(api.get(path))
        preview = ok(api.post(f"{path}/preview", {}))
        assert "{" not in preview["subject"] + preview["text"], kind
        ok(api.put(path, {name: shown[name] for name in ("subject", "text", "html", "button")}))


def test_invented_values_are_in_the_language_of_the_template(api):
    invitation = ok(api.post("/email-templates/candidate_invitation/de/preview", {}))
    assert "72 Stunden" in invitation["text"] and "hours" not in invitation["text"]
    interview = ok(api.post("/email-templates/interview_invitation/pl/preview", {}))
    assert "poniedziałek, 1 marca 2027" in interview["text"] and "Monday" not in interview["text"]
    digest = ok(api.post("/email-templates/notification_digest/fr/preview", {}))
    assert "note_mention" not in digest["text"] and "(2)" in digest["text"]


def test_recruiters_read_and_managers_write(tenant):
    assert ok(tenant.api("RECRUITER").get(HIRED))["kind"] == "application_hired"
    assert refused(tenant.api("RECRUITER").put(HIRED, TEXTS), 403) == "permission_missing"
    ok(tenant.api("MANAGER").put(HIRED, TEXTS))
