"""The portal: a link by email opens it, and a candidate sees and changes what is theirs, and nothing else."""

from __future__ import annotations

import io
import re
import statistics
import time
from datetime import timedelta
from uuid import UUID

import pytest
import time_machine

from app.extensions import db
from app.models import PortalSession
from app.services.portal import portal_session_service
from app.services.resumes import candidate_resume_service
from app.utils import clock, scope
from tests.factories.application import make_application
from tests.factories.candidate import make_candidate, resume_text, share_contacts
from tests.factories.candidate_resume import make_resume
from tests.factories.client import Api, ok, refused
from tests.factories.interview import make_interview
from tests.factories.job import make_job
from tests.factories.mailbox import mails
from tests.factories.portal import link_token, make_correction, sign_in
from tests.factories.statement_counts import count_statements
from tests.factories.tenant import make_tenant
from tests.generated.registry import all_operations

EMAIL = "grace@people.example"
REASON = {"reason": "It is another person."}


@pytest.fixture
def candidate(tenant):
    owner = tenant.users["RECRUITER"]
    return make_candidate(tenant, name="Grace Hopper", emails=[EMAIL], location="Oslo", owner_id=owner)


@pytest.fixture
def own(tenant, candidate):
    return sign_in(tenant, EMAIL)


def _ask(app, tenant, email=EMAIL):
    return Api(app).post(f"/public/portals/{tenant.slug}/sign-in", {"email": email})


def test_a_link_by_email_opens_a_session_once(app, tenant, candidate):
    assert ok(_ask(app, tenant), 202) == {"status": "sent"}
    tenant.run_jobs()
    (mail,) = mails(app, EMAIL)
    token = mail.get_body(("plain",)).get_content().split("/sign-ins/")[1].split()[0]
    opened = ok(Api(app).post("/public/portal-sessions", {"token": token}), 201)
    assert opened["token_type"] == "Bearer" and opened["expires_in"] == 12 * 3600
    assert refused(Api(app).post("/public/portal-sessions", {"token": token}), 404) == "not_found"
    api = Api(app, opened["access_token"])
    assert ok(api.get("/portal/profile"))["name"] == "Grace Hopper"
    assert api.delete("/portal/session").status_code == 204
    assert refused(api.get("/portal/profile"), 401) == "invalid_token"


def test_known_and_unknown_addresses_get_the_same_answer_in_the_same_time(app, tenant, candidate, monkeypatch):
    monkeypatch.setattr(portal_session_service, "LINKS_AN_HOUR", 1000)
    times: dict[str, list[float]] = {EMAIL: [], "nobody@people.example": []}
    bodies = set()
    for _ in range(7):
        for email, taken in times.items():
            begun = time.perf_counter()
            answer = _ask(app, tenant, email)
            taken.append(time.perf_counter() - begun)
            bodies.add((answer.status_code, answer.data, tuple(answer.headers.keys())))
    assert len(bodies) == 1
    known, unknown = (statistics.median(each) for each in times.values())
    assert 0.9 < known / unknown < 1.1
    tenant.run_jobs()
    assert mails(app, "nobody@people.example") == []


def test_five_links_an_hour_at_most(app, tenant, candidate, monkeypatch):
    monkeypatch.setattr(portal_session_service, "SECONDS", 0)
    for _ in range(8):
        ok(_ask(app, tenant), 202)
    tenant.run_jobs()
    assert len(mails(app, EMAIL)) == 5


def test_a_link_is_valid_for_an_hour_and_a_session_for_twelve(app, tenant, candidate):
    late, token = link_token(tenant, EMAIL), link_token(tenant, EMAIL)
    api = Api(app, ok(Api(app).post("/public/portal-sessions", {"token": token}), 201)["access_token"])
    with time_machine.travel(clock.now() + timedelta(hours=2), tick=False) as travelled:
        assert refused(Api(app).post("/public/portal-sessions", {"token": late}), 404)
        ok(api.get("/portal/profile"))
        travelled.shift(11 * 3600)
        assert refused(api.get("/portal/profile"), 401)
        travelled.shift(86_400)
        with app.app_context():
            with scope.platform("a test"):
                portal_session_service.purge_old()
                assert db.session.scalars(db.select(PortalSession)).all() == []


def test_an_address_that_two_share_opens_only_the_record_that_it_names(app, tenant, candidate):
    other = make_candidate(tenant, name="Ada Lovelace")
    with tenant.bound():
        share_contacts(other, emails=[EMAIL])
    assert ok(sign_in(tenant, EMAIL).get("/portal/profile"))["candidate_id"] == str(candidate)


def test_guessed_and_foreign_tokens_open_nothing(app, tenant, candidate):
    token = link_token(tenant, EMAIL)
    for wrong in ("x", token[:-1] + ("a" if token[-1] != "a" else "b"), token.upper(), ""):
        assert refused(Api(app).post("/public/portal-sessions", {"token": wrong}), 404)
    assert _ask(app, make_tenant(app)).status_code == 202, "another tenant does not know the address"
    assert refused(Api(app).post("/public/portals/nobody/sign-in", {"email": EMAIL}), 404)


def test_a_token_of_the_portal_opens_the_portal_alone(app, tenant, api, own):
    ok(own.get("/portal/profile"))
    for path in ("/candidates", "/auth/me", "/applications", "/tenant"):
        assert refused(own.get(path), 401), path
    for operation in all_operations(app):
        if operation.spec.permission == "candidate" and "<" not in operation.rule and operation.method == "get":
            path = operation.rule.removeprefix("/api/v1")
            assert refused(api.get(path), 401) and refused(Api(app).get(path), 401), path
            ok(own.get(path))


def test_a_turned_off_portal_and_a_suspended_tenant_are_closed(app, tenant, api, own):
    ok(api.put("/tenant/settings", {"candidate_portal": False}))
    assert refused(own.get("/portal/profile"), 401) and refused(_ask(app, tenant), 404)


def test_applications_show_the_public_status_and_a_rejection_only_after_its_email(tenant, api, candidate, own):
    job = make_job(tenant, title="Data Engineer")
    application = make_application(tenant, candidate, job)
    make_application(tenant)  # somebody else's
    (shown,) = ok(own.get("/portal/applications"))["data"]
    assert (shown["job_title"], shown["status"]) == ("Data Engineer", "active")
    ok(api.post(f"/applications/{application}/reject", {"reason": "Not enough SQL"}))
    assert ok(own.get("/portal/applications"))["data"][0]["status"] == "active"
    with time_machine.travel(clock.now() + timedelta(hours=25)):
        (later,) = ok(sign_in(tenant, EMAIL).get("/portal/applications"))["data"]
    assert later["status"] == "ended" and "SQL" not in str(later)


def test_interviews_are_shown_unless_the_candidate_is_not_invited(tenant, candidate, own):
    application = make_application(tenant, candidate)
    interview = make_interview(tenant, application, location="Pier 3")
    make_interview(tenant, application, "MANAGER", invites_candidate=False)
    (shown,) = ok(own.get("/portal/interviews"))["data"]
    assert (shown["id"], shown["location"], shown["status"]) == (str(interview), "Pier 3", "scheduled")


def test_files_that_the_candidate_sent_and_no_others(app, tenant, api, candidate, own):
    ok(api.upload(f"/candidates/{candidate}/documents", b"Notes about her", "notes.txt"), 201)
    sent = ok(own.upload("/portal/documents", resume_text(), "cv.txt"), 201)
    (shown,) = ok(own.get("/portal/documents"))["data"]
    assert shown["id"] == sent["id"]
    link = ok(own.get(f"/portal/documents/{sent['id']}/link"))["url"]
    assert app.test_client().get(link.split("5000", 1)[1]).status_code == 200
    listed = ok(api.get("/candidate-documents", query_string={"candidate_id": str(candidate)}))["data"]
    (hidden,) = [each["id"] for each in listed if each["id"] != sent["id"]]
    assert refused(own.get(f"/portal/documents/{hidden}/link"), 404)


def test_a_correction_is_a_proposal_that_a_user_accepts(tenant, api, candidate, own):
    proposed = ok(own.post("/portal/corrections", {"field": "location", "value": "Bremen"}), 201)
    assert proposed["status"] == "pending"
    assert ok(api.get(f"/candidates/{candidate}"))["location"] == "Oslo"
    again = ok(own.post("/portal/corrections", {"field": "location", "value": "Kiel"}), 201)
    assert again["id"] == proposed["id"], "the later value of a field counts"
    kinds = [each["kind"] for each in ok(tenant.api("RECRUITER").get("/notifications"))["data"]]
    assert "correction_proposed" in kinds
    (waits,) = ok(api.get("/candidate-corrections", query_string={"status": "pending"}))["data"]
    assert waits["candidate"]["name"] == "Grace Hopper" and waits["value"] == "Kiel"
    ok(api.post(f"/candidate-corrections/{waits['id']}/accept", {}))
    after = ok(api.get(f"/candidates/{candidate}"))
    assert after["location"] == "Kiel" and after["provenance"]["location"] == "candidate"
    assert refused(api.post(f"/candidate-corrections/{waits['id']}/accept", {}), 409) == "illegal_transition"
    assert ok(own.get("/portal/corrections"))["data"][0]["status"] == "accepted"


def test_a_contact_point_is_added_and_a_rejection_needs_a_reason(tenant, api, candidate, own):
    ok(own.post("/portal/corrections", {"field": "phone", "value": "+14155552671"}), 201)
    (waits,) = ok(api.get("/candidate-corrections"))["data"]
    assert refused(api.post(f"/candidate-corrections/{waits['id']}/reject", {}), 422) == "reason_missing"
    ok(api.post(f"/candidate-corrections/{waits['id']}/accept", {}))
    contacts = {each["value"] for each in ok(api.get(f"/candidates/{candidate}"))["contacts"]}
    assert contacts == {EMAIL, "+14155552671"}
    other = make_correction(tenant, candidate, field="name", value="Grace B. Hopper")
    ok(api.post(f"/candidate-corrections/{other}/reject", REASON))
    assert ok(own.get("/portal/corrections"))["data"][0]["status_reason"] == REASON["reason"]


@pytest.mark.parametrize(("field", "value"), [("email", "no address"), ("phone", "030 1"), ("link", "javascript:x")])
def test_a_value_that_does_not_fit_is_refused(own, field, value):
    answer = own.post("/portal/corrections", {"field": field, "value": value})
    assert refused(answer, 422) == "validation_failed" and answer.get_json()["errors"][0]["pointer"] == "/value"


def test_consents_are_given_and_withdrawn(api, candidate, own):
    assert {each["purpose"]: each["is_given"] for each in ok(own.get("/portal/consents"))["data"]} == {
        "recruiting": False,
        "talent_pool": False,
    }
    for _ in range(2):
        given = ok(own.put("/portal/consents", {"purpose": "recruiting", "is_given": True}))["data"]
    assert given[0]["is_given"]
    known = ok(api.get("/candidate-consents", query_string={"candidate_id": str(candidate)}))["data"]
    assert len(known) == 1 and known[0]["evidence"] == "Given by the candidate on the portal"
    taken = ok(own.put("/portal/consents", {"purpose": "recruiting", "is_given": False}))["data"]
    assert not taken[0]["is_given"]


def test_an_export_is_built_once_a_user_approves_it(app, tenant, api, candidate, own):
    asked = ok(own.post("/portal/privacy-requests", {"kind": "export"}), 201)
    assert ok(own.post("/portal/privacy-requests", {"kind": "export"}), 201)["id"] == asked["id"]
    assert refused(own.get(f"/portal/privacy-requests/{asked['id']}/link"), 409) == "export_not_done"
    assert refused(tenant.api("MANAGER").post(f"/privacy-requests/{asked['id']}/approve"), 403)
    ok(api.post(f"/privacy-requests/{asked['id']}/approve"))
    assert refused(api.post(f"/privacy-requests/{asked['id']}/approve"), 409) == "already_decided"
    tenant.run_jobs()
    (done,) = ok(own.get("/portal/privacy-requests"))["data"]
    assert done["status"] == "done"
    link = ok(own.get(f"/portal/privacy-requests/{asked['id']}/link"))["url"]
    assert app.test_client().get(link.split("5000", 1)[1]).data.startswith(b"PK")


def test_an_erasure_that_is_approved_ends_everything(tenant, api, candidate, own):
    asked = ok(own.post("/portal/privacy-requests", {"kind": "erasure"}), 201)
    certified = ok(api.post(f"/privacy-requests/{asked['id']}/approve"))
    assert certified["kind"] == "erasure" and certified["certificate"]
    assert refused(own.get("/portal/profile"), 401)
    assert refused(api.get(f"/candidates/{candidate}"), 404)


def test_a_refusal_tells_the_candidate_why(api, own):
    asked = ok(own.post("/portal/privacy-requests", {"kind": "erasure"}), 201)
    ok(api.post(f"/privacy-requests/{asked['id']}/refuse", REASON))
    (shown,) = ok(own.get("/portal/privacy-requests"))["data"]
    assert (shown["status"], shown["status_reason"]) == ("refused", REASON["reason"])


def test_candidates_do_not_see_each_other(app, tenant, api, own):
    make_candidate(tenant, name="Ada Lovelace", emails=["ada@people.example"])
    ada = sign_in(tenant, "ada@people.example")
    sent = ok(own.upload("/portal/documents", resume_text(), "cv.txt"), 201)["id"]
    asked = ok(own.post("/portal/privacy-requests", {"kind": "export"}), 201)["id"]
    assert refused(ada.get(f"/portal/documents/{sent}/link"), 404)
    assert refused(ada.get(f"/portal/privacy-requests/{asked}/link"), 404)
    for path in ("documents", "privacy-requests", "corrections", "applications", "interviews"):
        assert ok(ada.get(f"/portal/{path}"))["data"] == [], path


def test_a_merge_and_its_undo_end_the_sessions(tenant, api, candidate, own):
    winner = str(make_candidate(tenant, name="Grace Hopper", location="Rome"))
    merged = ok(api.post("/candidate-merges", {"winner_id": winner, "loser_id": str(candidate)}))
    assert refused(own.get("/portal/profile"), 401)
    again = sign_in(tenant, EMAIL)
    assert ok(again.get("/portal/profile"))["candidate_id"] == winner
    ok(api.post(f"/candidate-merges/{merged['id']}/undo", {}))
    assert refused(again.get("/portal/profile"), 401), "the address is the other person's again"


def test_a_merge_takes_open_privacy_requests_along(tenant, api, candidate, own):
    asked = ok(own.post("/portal/privacy-requests", {"kind": "erasure"}), 201)
    winner = str(make_candidate(tenant, name="Grace Hopper", location="Rome"))
    ok(api.post("/candidate-merges", {"winner_id": winner, "loser_id": str(candidate)}))
    assert [each["id"] for each in ok(sign_in(tenant, EMAIL).get("/portal/privacy-requests"))["data"]] == [asked["id"]]
    ok(api.post(f"/privacy-requests/{asked['id']}/approve"))
    assert refused(api.get(f"/candidates/{winner}"), 404)


def test_an_address_that_only_a_resume_names_opens_nothing(app, tenant, api):
    resume = make_resume(tenant, resume_text("Eve Newton"))
    with tenant.bound():
        found = candidate_resume_service.get(resume).candidate_id
    (point,) = [each for each in ok(api.get(f"/candidates/{found}"))["contacts"] if each["kind"] == "email"]
    assert point["is_parsed"]
    with pytest.raises(AssertionError, match="not known"):
        link_token(tenant, point["value"])
    ok(api.patch(f"/candidates/{found}", {"emails": [point["value"]]}))
    assert ok(sign_in(tenant, point["value"]).get("/portal/profile"))["name"] == "Eve Newton"


def test_administrators_hear_of_privacy_requests(tenant, own):
    ok(own.post("/portal/privacy-requests", {"kind": "export"}), 201)
    for role in ("TENANT_ADMIN", "RECRUITER"):
        kinds = [each["kind"] for each in ok(tenant.api(role).get("/notifications"))["data"]]
        assert "privacy_requested" in kinds, role


def test_the_file_of_another_candidate_is_nobodys_business(tenant, api, candidate, own):
    ok(api.upload(f"/candidates/{make_candidate(tenant)}/documents", b"A memo about Peter", "memo.txt"), 201)
    assert refused(own.upload("/portal/documents", b"A memo about Peter", "mine.txt"), 409) == "no_room"
    ok(api.upload(f"/candidates/{candidate}/documents", b"Notes about Grace", "notes about grace.txt"), 201)
    assert ok(own.upload("/portal/documents", b"Notes about Grace", "mine.txt"), 201)["filename"] == "mine.txt"


def test_the_number_of_statements_does_not_grow(app, tenant, candidate, own):
    def count():
        return count_statements(app, lambda: ok(own.get("/portal/applications")))

    make_application(tenant, candidate)
    few = count()
    for _ in range(5):
        make_application(tenant, candidate)
    assert count() == few


def _signed_in(app, tenant):
    client = app.test_client()
    path = f"/sign-ins/{link_token(tenant, EMAIL)}"
    page = client.get(path)
    assert page.status_code == 200 and "<button>" in page.text
    assert client.get(path).status_code == 200, "looking at it does not use it up"
    answer = client.post(path)
    assert answer.status_code == 303 and answer.headers["Location"] == f"/portal/{tenant.slug}"
    cookie = answer.headers["Set-Cookie"]
    assert "HttpOnly" in cookie and "SameSite=Lax" in cookie and "Path=/portal" in cookie
    assert client.post(path).status_code == 404
    return client


def test_the_pages_work_without_scripts(app, tenant, api, candidate):
    make_interview(tenant, make_application(tenant, candidate, make_job(tenant, title="Data Engineer")))
    home = f"/portal/{tenant.slug}"
    assert "<script" not in app.test_client().get(home).text
    sent = app.test_client().post(f"{home}/sign-in", data={"email": EMAIL})
    wrong = app.test_client().post(f"{home}/sign-in", data={"email": "nonsense"})
    assert sent.status_code == 200 and wrong.status_code == 422 and 'value="nonsense"' in wrong.text
    client = _signed_in(app, tenant)
    page = client.get(home).text
    assert page.count("Data Engineer") == 2 and "Oslo" in page and EMAIL in page
    proposed = {"field": "location", "value": "Bremen"}
    assert "Bremen" in client.post(f"{home}/corrections", data=proposed, follow_redirects=True).text
    refusal = client.post(f"{home}/corrections", data={"field": "email", "value": "nonsense"})
    assert refusal.status_code == 422 and 'value="nonsense"' in refusal.text
    assert "Enter a complete email address" in refusal.text
    file = {"file": (io.BytesIO(resume_text()), "cv.txt")}
    page = client.post(f"{home}/documents", data=file, follow_redirects=True).text
    (path,) = re.findall(rf'href="({home}/documents/[^"]+)"', page)
    assert client.get(path).headers["Location"].startswith("http")
    given = {"purpose": "talent_pool", "is_given": "true"}
    assert "You agree." in client.post(f"{home}/consents", data=given, follow_redirects=True).text
    assert client.post(f"{home}/privacy-requests", data={"kind": "erasure"}).status_code == 422
    page = client.post(f"{home}/privacy-requests", data={"kind": "export"}, follow_redirects=True).text
    assert "Copy of the data" in page and "requested" in page
    (request,) = ok(api.get("/privacy-requests", query_string={"is_by_candidate": True}))["data"]
    assert client.get(f"{home}/privacy-requests/{request['id']}").status_code == 409
    ok(api.post(f"/privacy-requests/{request['id']}/approve"))
    tenant.run_jobs()
    assert client.get(f"{home}/privacy-requests/{request['id']}").status_code == 303
    assert client.post(f"{home}/sign-out").status_code == 303
    assert "Data Engineer" not in client.get(home).text


def test_a_browser_that_says_null_of_its_own_page_is_believed(app, tenant, candidate):
    client, home = _signed_in(app, tenant), f"/portal/{tenant.slug}"
    for site, status in (("same-origin", 303), ("cross-site", 403), ("none", 403)):
        headers = {"Origin": "null", "Sec-Fetch-Site": site}
        answer = client.post(f"{home}/corrections", data={"field": "name", "value": "Grace"}, headers=headers)
        assert answer.status_code == status, site


def test_another_site_signs_nobody_in(app, tenant, candidate):
    path = f"/sign-ins/{link_token(tenant, EMAIL)}"
    assert app.test_client().post(path, headers={"Origin": "https://evil.example"}).status_code == 403
    assert app.test_client().post(path).status_code == 303, "the link is not used up"


def test_a_form_of_another_site_and_another_portal_are_refused(app, tenant, candidate):
    client, other = _signed_in(app, tenant), make_tenant(app)
    home = f"/portal/{tenant.slug}"
    answer = client.post(
        f"{home}/privacy-requests", data={"kind": "export"}, headers={"Origin": "https://evil.example"}
    )
    assert answer.status_code == 403
    assert "Grace" not in client.get(f"/portal/{other.slug}").text
    moved = client.post(f"/portal/{other.slug}/corrections", data={"field": "name", "value": "Eve"})
    assert moved.headers["Location"] == f"/portal/{other.slug}"


@pytest.mark.parametrize("language", ["de", "fr", "es", "pt", "it", "nl", "pl"])
def test_the_portal_speaks_eight_languages(app, tenant, candidate, language):
    client = _signed_in(app, tenant)
    page = client.get(f"/portal/{tenant.slug}?lang={language}").text
    assert f'<html lang="{language}">' in page and "Your consents" not in page


def test_the_mail_is_about_the_candidate(app, tenant, api, candidate):
    ok(_ask(app, tenant), 202)
    tenant.run_jobs()
    (message,) = ok(api.get("/email-messages", query_string={"template": "candidate_sign_in"}))["data"]
    assert UUID(message["candidate_id"]) == candidate
    assert "/sign-ins/" not in ok(api.get(f"/email-messages/{message['id']}"))["text"], "users must not sign in as them"
