"""The careers page: what the world sees, and applications from the world."""

from __future__ import annotations

import json
import re
from datetime import timedelta

import pytest
import time_machine
from defusedxml import ElementTree as Xml

from app.middleware.pages import rendering
from app.routes import careers_page_routes
from app.services.jobs import job_posting_service
from app.utils import clock, languages
from app.utils.colors import contrast
from tests.factories.candidate import make_candidate, resume_text
from tests.factories.careers import (
    applicant,
    apply_by_api,
    apply_by_form,
    make_posting,
    make_question,
    make_tracking_link,
)
from tests.factories.client import Api, ok, refused
from tests.factories.department import make_department, make_location
from tests.factories.job import make_job
from tests.factories.mailbox import mails

REASON = {"reason": "The position is filled."}
PAY = {"min": "65000.00", "max": "80000.00", "currency": "EUR", "period": "year"}
LINK = re.compile(r"https?://\S+/withdrawals/(\S+)")


@pytest.fixture
def public(app):
    return Api(app)


def _page(public, path: str, status: int = 200) -> str:
    answer = public._client.get(path)
    assert answer.status_code == status, answer.text
    return answer.text


def test_the_world_sees_published_postings_of_open_jobs_and_nothing_else(tenant, api, public):
    job = make_job(
        tenant, department_id=str(make_department(tenant)), workplace="hybrid", pay_range=PAY, location="Hamburg"
    )
    shown = make_posting(tenant, job, title="Data Engineer (all genders)")
    quiet = make_posting(tenant, job, shows_pay=False, location="Bremen")
    draft = make_posting(tenant, job, published=False)
    held = make_job(tenant)
    hidden = make_posting(tenant, held)
    ok(api.post(f"/jobs/{held}/hold", {}))
    page = ok(public.get(f"/public/careers/{tenant.slug}"))
    assert page["company"]["name"] == tenant.slug
    assert [each["id"] for each in page["jobs"]] == [str(quiet), str(shown)]
    assert page["jobs"][1]["title"] == "Data Engineer (all genders)" and page["jobs"][1]["department"] == "Engineering"
    one = ok(public.get(f"/public/careers/{tenant.slug}/jobs/{shown}"))
    assert one["pay"] == PAY and one["description"].startswith("You build")
    assert ok(public.get(f"/public/careers/{tenant.slug}/jobs/{quiet}"))["pay"] is None
    assert refused(public.get(f"/public/careers/{tenant.slug}/jobs/{draft}"), 404) == "not_found"
    assert refused(public.get(f"/public/careers/{tenant.slug}/jobs/{hidden}"), 410) == "job_closed"
    found = {
        query: [each["id"] for each in ok(public.get(f"/public/careers/{tenant.slug}?{query}"))["jobs"]]
        for query in ("q=bremen", "q=genders engineer", "q=pilot", "department=Engineering", "workplace=remote")
    }
    assert found == {
        "q=bremen": [str(quiet)],
        "q=genders engineer": [str(shown)],
        "q=pilot": [],
        "department=Engineering": [str(quiet), str(shown)],
        "workplace=remote": [],
    }


def test_closing_a_job_takes_its_postings_down_at_once(tenant, api, public):
    job = make_job(tenant)
    posting = make_posting(tenant, job)
    ok(apply_by_api(tenant, posting), 201)
    ok(api.post(f"/jobs/{job}/close", {**REASON, "applications": "keep"}))
    assert ok(api.get(f"/job-postings/{posting}"))["status"] == "unpublished"
    assert refused(apply_by_api(tenant, posting), 410) == "job_closed"
    assert refused(public.get(f"/public/careers/{tenant.slug}/jobs/{posting}"), 410) == "job_closed"
    assert "no longer open" in _page(public, f"/careers/{tenant.slug}/jobs/{posting}", 410)
    assert api.post(f"/job-postings/{posting}/publish", {}).get_json()["code"] == "job_not_open"
    ok(api.post(f"/jobs/{job}/reopen", {}))
    assert ok(api.post(f"/job-postings/{posting}/publish", {}))["status"] == "published"
    assert api.delete(f"/job-postings/{posting}").get_json()["code"] == "published"


def test_a_posting_is_over_when_its_time_is(tenant, api, public):
    posting = make_posting(tenant, expires_at=(clock.now() + timedelta(days=2)).isoformat())
    with time_machine.travel(clock.now() + timedelta(days=3)):
        assert refused(public.get(f"/public/careers/{tenant.slug}/jobs/{posting}"), 410) == "job_closed"
        assert ok(public.get(f"/public/careers/{tenant.slug}"))["jobs"] == []
        with tenant.bound():
            assert (job_posting_service.expire_due(), job_posting_service.expire_due()) == (1, 0)
        tenant.tokens.clear()
        answer = tenant.api().post(f"/job-postings/{posting}/publish", {})
        assert answer.get_json()["code"] == "posting_expired"
    tenant.tokens.clear()


def test_a_new_person_applies_with_resume_answers_message_and_consents(app, tenant, api, public):
    job = make_job(tenant, owner_id=str(tenant.users["RECRUITER"]))
    posting, question = make_posting(tenant, job), make_question(
        tenant, job, is_required=True, passes={"any_of": ["yes"]}
    )
    link = make_tracking_link(tenant)
    answers = json.dumps([{"question_id": str(question), "value": "yes"}])
    more = {"phone": "040 300 800 999", "message": "Ahoi!", "ref": link.token, "talent_pool_consent": "true"}
    body = applicant(name="Ida Ahoi", email="ida.ahoi@applicants.example", answers=answers, **more)
    assert ok(apply_by_api(tenant, posting, b"Ida Ahoi\nWharf Warden\n", **body), 201)["status"] == "received"
    recruiter = tenant.api("RECRUITER")
    (application,) = ok(recruiter.get(f"/applications?job_id={job}"))["data"]
    assert (application["source"], application["tracking_link_id"]) == ("fair", str(link.id))
    candidate = ok(recruiter.get(f"/candidates/{application['candidate_id']}"))
    assert candidate["name"] == "Ida Ahoi"
    assert [each["value"] for each in candidate["contacts"]] == ["ida.ahoi@applicants.example"]
    (form,) = ok(recruiter.get(f"/applications/{application['id']}/forms"))["data"]
    assert (form["phone"], form["message"], form["is_new_candidate"]) == ("040 300 800 999", "Ahoi!", True)
    (answer,) = ok(recruiter.get(f"/applications/{application['id']}/answers"))["data"]
    assert answer["value"] is True and answer["has_passed"] is True
    consents = ok(recruiter.get(f"/candidate-consents?candidate_id={candidate['id']}"))["data"]
    assert {each["purpose"] for each in consents} == {"recruiting", "talent_pool"}
    assert len(ok(recruiter.get(f"/candidate-resumes?candidate_id={candidate['id']}"))["data"]) == 1
    assert ok(api.get("/tracking-links"))["data"][0]["application_count"] == 1
    tenant.run_jobs()
    (mail,) = mails(app, "ida.ahoi@applicants.example")
    assert mails(app, tenant.email("RECRUITER"))[-1]["Subject"] == "Data Engineer: a candidate applied"
    token = LINK.search(mail.get_body(("plain",)).get_content())[1]
    assert ok(public.get(f"/public/applications/{token}"))["status"] == "active"
    assert ok(public.post(f"/public/applications/{token}/withdraw", {}))["status"] == "ended"
    assert ok(public.post(f"/public/applications/{token}/withdraw", {}))["status"] == "ended"
    assert ok(recruiter.get(f"/applications/{application['id']}"))["status"] == "withdrawn"


def test_nobody_learns_who_is_a_candidate_and_nothing_known_is_changed(tenant, api, public):
    known = make_candidate(tenant, emails=["known@people.example"], name="Known Name", headline="Pilot")
    posting = make_posting(tenant)
    fresh = apply_by_api(tenant, posting)
    names = ("Known Name", "Known Name", "Other Name")
    again = [apply_by_api(tenant, posting, email="known@people.example", name=name) for name in names]
    bodies = [answer.get_json() for answer in (fresh, *again)]
    assert {answer.status_code for answer in (fresh, *again)} == {201} and all(body == bodies[0] for body in bodies)
    found = ok(api.get(f"/candidates/{known}"))
    assert (found["name"], found["headline"]) == ("Known Name", "Pilot")
    assert len(ok(api.get(f"/applications?candidate_id={known}"))["data"]) == 1
    own = resume_text("Someone Else")
    ok(api.upload("/candidate-resumes", own, candidate_id=str(known)), 202)
    assert apply_by_api(tenant, posting, own).status_code == 201, "the very file of another candidate is left with them"
    assert len(ok(api.get(f"/candidate-resumes?candidate_id={known}"))["data"]) == 1


def test_bad_applications_are_refused_with_pointers_and_machines_are_answered_like_people(tenant, api, public):
    job = make_job(tenant)
    posting, question = make_posting(tenant, job), make_question(tenant, job, is_required=True)
    assert apply_by_api(tenant, posting, consent="false").get_json()["code"] == "consent"
    missing = apply_by_api(tenant, posting).get_json()
    assert missing["errors"] == [
        {"pointer": f"/answers/{question}", "code": "missing", "detail": "This value is required."}
    ]
    assert refused(apply_by_api(tenant, posting, email="nobody"), 422) == "validation_failed"
    assert refused(apply_by_api(tenant, posting, answers="["), 422) == "validation_failed"
    assert refused(apply_by_api(tenant, posting, answers="[1]"), 422) == "validation_failed"
    assert "Thank" in apply_by_form(tenant, posting, subject_line="Buy!").text
    assert refused(apply_by_api(tenant, posting, subject_line="Buy!"), 422) == "validation_failed"
    answers = json.dumps([{"question_id": str(question), "value": True}])
    assert refused(apply_by_api(tenant, posting, b"\x00\x01\x02", answers=answers), 415) == "unsupported_file"
    assert ok(api.get(f"/applications?job_id={job}"))["data"] == []
    assert ok(api.get("/candidates"))["data"] == []


def test_a_tenant_may_show_no_page_and_a_suspended_one_shows_none(tenant, api, public):
    posting = make_posting(tenant)
    assert refused(public.get("/public/careers/nobody-is-here"), 404) == "not_found"
    settings = ok(api.get("/tenant/settings"))
    settings.pop("version")
    ok(api.put("/tenant/settings", {**settings, "careers_page": False}))
    assert refused(public.get(f"/public/careers/{tenant.slug}"), 404) == "not_found"
    assert refused(apply_by_api(tenant, posting), 404) == "not_found"
    assert "There is no such page" in _page(public, f"/careers/{tenant.slug}", 404)


def test_the_page_of_a_job_has_linked_data_and_escapes_everything(tenant, public):
    job = make_job(tenant, pay_range=PAY, workplace="remote", employment_type="full_time", location="Hamburg")
    hostile = "</script><script>alert(1)</script>"
    posting = make_posting(tenant, job, title=f"Engineer {hostile}", description=f"One & two.\n\n{hostile}")
    text = _page(public, f"/careers/{tenant.slug}/jobs/{posting}")
    assert text.count("<script") == 1 and "alert(1)&lt;/script&gt;" in text
    data = json.loads(re.search(r'<script type="application/ld\+json">(.*?)</script>', text, re.S)[1])
    assert data["@type"] == "JobPosting" and data["title"] == f"Engineer {hostile}"
    assert data["description"].startswith("<p>One &amp; two.</p><p>&lt;/script")
    assert data["baseSalary"]["value"] == {
        "@type": "QuantitativeValue", "minValue": 65000.0, "maxValue": 80000.0, "unitText": "YEAR"
    }  # fmt: skip
    assert (data["employmentType"], data["directApply"]) == ("FULL_TIME", True)
    assert "jobLocationType" not in data, "remote work without a country is refused"
    assert data["identifier"]["value"] == str(posting)


def test_feeds_hold_the_description_as_html_once(tenant, public):
    make_posting(tenant, description="About us & them.\n\nSecond <part>.")
    for name, path in (("jobs.xml", "./job/description"), ("rss.xml", "./channel/item/description")):
        (text,) = Xml.fromstring(public._client.get(f"/careers/{tenant.slug}/{name}").data).findall(path)
        assert text.text == "<p>About us &amp; them.</p><p>Second &lt;part&gt;.</p>"


def test_publication_says_what_job_boards_refuse(tenant, api, public):
    job = make_job(tenant, description=None, workplace="remote", location="Detroit, MI, US")
    posting = ok(api.post(f"/jobs/{job}/postings", {}), 201)["id"]

    def levels() -> dict[str, str]:
        return {each["field"]: each["level"] for each in ok(api.get(f"/job-postings/{posting}/checks"))["data"]}

    lower = {"pay": "ranked_lower", "employment_type": "ranked_lower", "expires_at": "ranked_lower"}
    assert levels() == {"description": "refused", "country": "refused", **lower}
    weekly = {"min": "600.00", "currency": "GBP", "period": "week"}
    facts = {"description": "You keep cranes.", "location_id": str(make_location(tenant)), "pay_range": weekly}
    ok(api.patch(f"/jobs/{job}", {**facts, "employment_type": "full_time"}))
    ok(api.patch(f"/job-postings/{posting}", {"expires_at": (clock.now() + timedelta(days=30)).isoformat()}))
    assert levels() == {}
    ok(api.post(f"/job-postings/{posting}/publish", {}))
    text = _page(public, f"/careers/{tenant.slug}/jobs/{posting}")
    data = json.loads(re.search(r'<script type="application/ld\+json">(.*?)</script>', text, re.S)[1])
    assert data["applicantLocationRequirements"] == {"@type": "Country", "name": "DE"}
    assert (data["jobLocationType"], data["baseSalary"]["value"]["unitText"]) == ("TELECOMMUTE", "WEEK")


def test_feeds_are_well_formed_and_hold_every_open_job(tenant, public):
    posting = make_posting(tenant, title="Crane & <Rope> Keeper", location="Kiel")
    make_posting(tenant, published=False)
    addresses = []
    for name, path in (
        ("jobs.xml", "./job/url"),
        ("rss.xml", "./channel/item/link"),
        ("sitemap.xml", "./{*}url/{*}loc"),
    ):
        answer = public._client.get(f"/careers/{tenant.slug}/{name}")
        assert answer.status_code == 200 and "xml" in answer.content_type
        addresses.append([each.text for each in Xml.fromstring(answer.data).findall(path)])
    url = f"/careers/{tenant.slug}/jobs/{posting}"
    assert all(found[-1].endswith(url) for found in addresses) and [len(found) for found in addresses] == [1, 1, 2]


def test_the_form_works_without_scripts_and_is_shown_again_with_what_was_typed(tenant, api, public):
    job = make_job(tenant)
    posting = make_posting(tenant, job)
    choice = make_question(tenant, job, "multiple_choice", "Which?", options=["Rope", "Crane", "<b>"], is_required=True)
    listed = _page(public, f"/careers/{tenant.slug}?ref=abc&q=data")
    assert f"/jobs/{posting}?ref=abc" in listed and "Data Engineer" in listed
    wrong = apply_by_form(tenant, posting, name='Ida "Quote"', email="nobody", phone="12")
    assert wrong.status_code == 422 and "Ida &#34;Quote&#34;" in wrong.text and 'id="error-email"' in wrong.text
    again = apply_by_form(tenant, posting)
    assert again.status_code == 422 and f'id="error-answer-{choice}"' in again.text
    done = apply_by_form(tenant, posting, **{f"answer-{choice}": "<b>"})
    assert done.status_code == 200 and "Thank you" in done.text
    (application,) = ok(api.get(f"/applications?job_id={job}"))["data"]
    assert ok(api.get(f"/applications/{application['id']}/answers"))["data"][0]["value"] == ["<b>"]
    assert "There are no open positions" in _page(public, f"/careers/{tenant.slug}?q=pilot&workplace=moon")


def test_pages_of_links_in_mails(app, tenant, api, public):
    posting = make_posting(tenant)
    ok(apply_by_api(tenant, posting, email="links@applicants.example"), 201)
    tenant.run_jobs()
    (mail,) = mails(app, "links@applicants.example")
    path = f"/withdrawals/{LINK.search(mail.get_body(('plain',)).get_content())[1]}"
    assert "Do you want to withdraw" in _page(public, path)
    assert "is being considered" in _page(public, path)
    assert "has ended" in public._client.post(path, data={}, follow_redirects=True).text
    assert "has ended" in _page(public, path)
    assert "There is no such page" in _page(public, "/withdrawals/forged.token.here", 404)
    assert "There is no such page" in _page(public, "/offers/forged.token.here", 404)
    answer = public._client.get(path)
    assert "script-src" not in answer.headers["Content-Security-Policy"]
    assert answer.headers["Content-Security-Policy"].startswith("default-src 'none'")


LANGUAGES = ("en", "de", "fr", "es", "pt", "it", "nl", "pl")


def test_every_text_is_there_in_every_language_with_the_same_values():
    texts = languages.texts("page_texts")
    assert tuple(languages.NAMES) == LANGUAGES
    for key, by_language in texts.items():
        assert set(by_language) == set(LANGUAGES), key
        values = {tuple(sorted(re.findall(r"{\w+}", text))) for text in by_language.values()}
        assert len(values) == 1, key


def test_a_page_has_the_language_that_was_chosen_asked_for_or_of_the_tenant(tenant, api, public):
    posting = make_posting(tenant, make_job(tenant, pay_range=PAY))
    path, german = f"/careers/{tenant.slug}/jobs/{posting}", {"Accept-Language": "fr-CA;q=0.5, de-AT"}

    def shown(url: str, **headers: str) -> tuple[str, str]:
        answer = public._client.get(url, headers=headers)
        return answer.headers["Content-Language"], answer.text

    assert shown(path)[0] == "en"
    language, text = shown(path, **german)
    assert language == "de" and '<html lang="de">' in text and "65.000\xa0€ bis 80.000\xa0€ pro Jahr" in text
    language, text = shown(f"{path}?lang=pl&ref=abc", **german)
    assert language == "pl" and "Aplikuj" in text and f'action="{path}?ref=abc&amp;lang=pl#apply"' in text
    ok(api.patch("/tenant", {"locale": "pt-PT"}))
    assert shown(path)[0] == "pt" and shown(f"{path}?lang=xx")[0] == "pt"
    wrong = public._client.post(f"{path}?lang=de", data={}, content_type="multipart/form-data")
    assert wrong.status_code == 422 and "Dieses Feld ist erforderlich." in wrong.text


def test_all_jobs_are_on_pages_with_filters(tenant, public, monkeypatch):
    monkeypatch.setattr(careers_page_routes, "PER_PAGE", 2)
    department = make_department(tenant, "Docks")
    for number in range(5):
        place = {"location": "Kiel", "department_id": str(department)} if number == 4 else {"location": "Łódź"}
        make_posting(tenant, make_job(tenant, title=f"Crane {number}", **place))
    start = f"/careers/{tenant.slug}"
    titles, url = [], start
    while url:
        text = _page(public, url)
        titles += re.findall(r"Crane \d", text)
        found = re.search(r'rel="next" href="([^"]+)"', text)
        url = found and found[1].replace("&amp;", "&")
    assert titles == [f"Crane {number}" for number in (4, 3, 2, 1, 0)]
    assert re.findall(r"Crane \d", _page(public, f"{start}?location=Kiel&department=Docks")) == ["Crane 4"]
    assert "Crane 3" in _page(public, f"{start}?q=lodz&lang=de") and "Crane 4" not in _page(public, f"{start}?q=lodz")
    last = ok(Api(tenant.app).get(f"/public/careers/{tenant.slug}?limit=2&page=3"))
    assert (last["page"], last["pages"], last["total"], len(last["jobs"])) == (3, 3, 5, 1)
    assert last["filters"]["location"] == ["Kiel", "Łódź"]


def test_descriptions_are_markdown_and_nothing_else(tenant, public):
    text = "# We\n\n- **build** [cranes](https://cranes.example)\n- <b onclick=x>no</b> [x](javascript:alert(1))"
    page = _page(public, f"/careers/{tenant.slug}/jobs/{make_posting(tenant, description=text)}")
    assert '<h2>We</h2><ul><li><strong>build</strong> <a href="https://cranes.example" rel="nofollow noopener">' in page
    assert "&lt;b onclick=x&gt;no&lt;/b&gt;" in page and 'href="javascript' not in page


@pytest.mark.parametrize("color", ["#ffd400", "#0a5c7a", "#ffffff", "#000000", "#ff0000", "#77dd77"])
def test_the_color_of_a_tenant_can_be_read(color):
    names = dict(re.findall(r"--([\w-]+): (#\w{6})", rendering.theme(color)))
    assert names["brand"] == color and contrast(names["brand"], names["brand-ink"]) >= 4.5
    assert contrast(names["brand-on-light"], "#ffffff") >= 4.5 and contrast(names["brand-on-light"], "#f6f8fa") >= 4.5
    assert contrast(names["brand-on-dark"], "#121417") >= 4.5 and contrast(names["brand-on-dark"], "#1b1f24") >= 4.5


def test_only_tenants_with_branding_have_colors(tenant, public):
    assert public._client.get(f"/careers/{tenant.slug}/theme.css").text == ":root { }"
    assert public._client.get("/careers/nobody/theme.css").text == ":root { }"
    assert public._client.get("/careers/favicon.svg").mimetype == "image/svg+xml"


def test_a_resume_may_be_required(tenant, api, public):
    posting = make_posting(tenant)
    ok(api.put("/tenant/settings", {"resume_required": True, "imprint_url": "https://quay.example/imprint"}))
    assert refused(apply_by_api(tenant, posting), 422) == "resume_missing"
    again = apply_by_form(tenant, posting)
    assert again.status_code == 422 and 'id="error-file"' in again.text and "https://quay.example/imprint" in again.text
    assert "Thank you" in apply_by_form(tenant, posting, resume_text("ida.resume@people.example")).text
