"""Invitations, forgotten passwords, verified addresses, sessions, reassignment."""

from __future__ import annotations

import statistics
import time
import unicodedata
from datetime import timedelta

import pytest
import sqlalchemy as sa
import time_machine

from app.extensions import db
from app.models import EmailMessage
from app.schemas.notification_schema import NotificationPreferences
from app.services.accounts import account_service
from app.services.users import user_service
from app.utils import clock, passwords
from tests.factories.candidate import make_candidate
from tests.factories.candidate_things import make_task
from tests.factories.client import Api, ok, refused
from tests.factories.job import make_job
from tests.factories.mailbox import mails, token_in
from tests.factories.tenant import PASSWORD, make_tenant

NEW = "another quiet harbour"
ADDRESS = "nia@people.example"


def _invite(tenant, api, **values):
    body = {"email": ADDRESS, "name": "Nia", "role": "RECRUITER", "manager_id": str(tenant.users["MANAGER"])} | values
    user = ok(api.post("/users", body), 201)
    return user, _token(tenant, ADDRESS)


def _token(tenant, address):
    tenant.run_jobs()
    return token_in(mails(tenant.app, address)[-1])[1]


def _login(tenant, password, email=ADDRESS):
    return Api(tenant.app).post("/auth/login", {"email": email, "password": password, "tenant": tenant.slug})


def _forget(tenant, role="RECRUITER"):
    ok(Api(tenant.app).post("/auth/forgot-password", {"email": tenant.email(role), "tenant": tenant.slug}), 202)
    return _token(tenant, tenant.email(role))


def test_an_invited_user_chooses_a_password_once(tenant, api):
    user, token = _invite(tenant, api)
    assert (user["status"], user["email_verified_at"]) == ("invited", None)
    assert refused(_login(tenant, NEW), 401) == "invalid_credentials"
    body = {"token": token, "password": NEW, "name": "Nia Nunes"}
    ok(Api(tenant.app).post("/auth/accept-invitation", body), 204)
    assert refused(Api(tenant.app).post("/auth/accept-invitation", body), 404) == "not_found"
    me = ok(Api(tenant.app, ok(_login(tenant, NEW))["access_token"]).get("/auth/me"))
    assert (me["name"], me["email_verified"]) == ("Nia Nunes", True)


def test_a_newer_reset_link_makes_the_older_worthless(tenant):
    older = _forget(tenant)
    with time_machine.travel(clock.now() + timedelta(minutes=2)):
        newer = _forget(tenant)
        assert newer != older
        reset = Api(tenant.app).post("/auth/reset-password", {"token": older, "password": NEW})
        assert refused(reset, 404) == "not_found"
        ok(Api(tenant.app).post("/auth/reset-password", {"token": newer, "password": NEW}), 204)


def test_a_reset_that_is_asked_for_twice_in_a_moment_is_one_link(tenant):
    with time_machine.travel(clock.now().replace(second=10)):
        token = _forget(tenant)
        _forget(tenant)
        ok(Api(tenant.app).post("/auth/reset-password", {"token": token, "password": NEW}), 204)


COMPOSED, DECOMPOSED = "Zo\u00eb's quiet harbour \u2167", "Zoe\u0308's quiet harbour VIII"


@pytest.mark.parametrize(("chosen", "typed"), [(COMPOSED, DECOMPOSED), (DECOMPOSED, COMPOSED)])
def test_a_password_signs_in_in_whatever_unicode_form_it_is_typed(tenant, chosen, typed):
    ok(Api(tenant.app).post("/auth/reset-password", {"token": _forget(tenant), "password": chosen}), 204)
    for form in (chosen, typed):
        assert _login(tenant, form, tenant.email("RECRUITER")).status_code == 200


LIGATURE = "\ufdfa"  # one sign, 18 in normal form


@pytest.mark.parametrize(
    ("password", "status"),
    [
        (LIGATURE, 422),
        (LIGATURE * 15, 422),  # 270 in normal form
        (unicodedata.normalize("NFD", "Žluťoučký kůň úpěl ďábelské ódy " * 7), 204),  # more than 256 as typed
        ("x", 422),
        ("Password" * 30, 422),
        ("PasswordPassword and a heron at dusk", 204),
    ],
)
def test_a_password_has_its_length_as_typed_and_in_normal_form(tenant, password, status):
    answer = Api(tenant.app).post("/auth/reset-password", {"token": _forget(tenant), "password": password})
    assert answer.status_code == status
    if status == 204:
        assert _login(tenant, password, tenant.email("RECRUITER")).status_code == 200


@pytest.mark.parametrize("form", ["NFC", "NFD"])
def test_a_hash_from_before_passwords_were_normalised_is_still_good(tenant, form):
    with tenant.bound():
        kept = passwords._hasher.hash(unicodedata.normalize(form, COMPOSED))
        user_service.set_password(tenant.users["RECRUITER"], kept)
    for typed in (COMPOSED, unicodedata.normalize("NFD", COMPOSED)):
        assert _login(tenant, typed, tenant.email("RECRUITER")).status_code == 200
    assert refused(_login(tenant, "another quiet harbour", tenant.email("RECRUITER")), 401) == "invalid_credentials"


def test_a_password_contains_no_name(tenant, api):
    token = _forget(tenant)
    for part in (tenant.slug.upper(), "Fair Lead", "recruiter"):
        answer = Api(tenant.app).post("/auth/reset-password", {"token": token, "password": f"quiet {part} at dawn 7!"})
        assert (answer.status_code, answer.get_json()["code"]) == (422, "password_contains_name")
        assert answer.get_json()["errors"][0]["pointer"] == "/password"
    new = {"email": "nia.nunes@people.example", "name": "Nia Nunes", "role": "MANAGER"}
    assert refused(api.post("/users", {**new, "password": "is nia-nunes at the quay"}), 422) == "password_contains_name"
    signup = {"name": "Ölhafen & Söhne", "slug": "quay-7", "admin_name": "Ann", "admin_email": "a@people.example"}
    answer = Api(tenant.app).post("/tenants/signup", {**signup, "password": "olhafen und sohne: olhafensohne 1"})
    assert answer.get_json()["code"] == "password_contains_name"


def test_a_second_invitation_makes_the_first_worthless(tenant, api):
    user, first = _invite(tenant, api)
    ok(api.post(f"/users/{user['id']}/invitation"), 202)
    second = _token(tenant, ADDRESS)
    for token, status in ((first, 404), (second, 204)):
        ok(Api(tenant.app).post("/auth/accept-invitation", {"token": token, "password": NEW}), status)
    assert api.post(f"/users/{user['id']}/invitation").get_json()["code"] == "not_invited"


def test_an_invitation_ends_after_a_week(tenant, api):
    _, token = _invite(tenant, api)
    with time_machine.travel(clock.now() + timedelta(hours=169)):
        assert (
            refused(Api(tenant.app).post("/auth/accept-invitation", {"token": token, "password": NEW}), 404)
            == "not_found"
        )


def test_an_invited_user_is_not_made_active_by_another(tenant, api):
    user, _ = _invite(tenant, api)
    assert api.patch(f"/users/{user['id']}", {"status": "active"}).get_json()["code"] == "not_accepted"


def test_an_invited_administrator_does_not_count_as_the_last(tenant, api):
    _invite(tenant, api, role="TENANT_ADMIN", manager_id=None)
    gone = api.patch(f"/users/{tenant.users['TENANT_ADMIN']}", {"status": "suspended"})
    assert gone.get_json()["code"] == "last_administrator"


def test_a_forgotten_password_is_set_anew_once_and_ends_the_sessions(tenant):
    recruiter = tenant.api("RECRUITER")
    token = _forget(tenant)
    ok(Api(tenant.app).post("/auth/reset-password", {"token": token, "password": NEW}), 204)
    assert refused(recruiter.get("/auth/me"), 401) == "session_ended"
    assert refused(Api(tenant.app).post("/auth/reset-password", {"token": token, "password": NEW}), 404) == "not_found"
    assert ok(_login(tenant, NEW, tenant.email("RECRUITER")))
    tenant.run_jobs()
    assert "Your password was changed" in [mail["Subject"] for mail in mails(tenant.app, tenant.email("RECRUITER"))]


def test_a_reset_lifts_the_lock(tenant):
    for _ in range(5):
        _login(tenant, "wrong", tenant.email("RECRUITER"))
    assert refused(_login(tenant, PASSWORD, tenant.email("RECRUITER")), 401) == "invalid_credentials"
    ok(Api(tenant.app).post("/auth/reset-password", {"token": _forget(tenant), "password": NEW}), 204)
    assert _login(tenant, NEW, tenant.email("RECRUITER")).status_code == 200


def test_a_reset_link_lives_an_hour_and_asks_for_one_mail_a_minute(tenant):
    with time_machine.travel(clock.now().replace(second=5) + timedelta(minutes=1), tick=False):
        token = _forget(tenant)
        _forget(tenant)
        assert len(mails(tenant.app, tenant.email("RECRUITER"))) == 1
    with time_machine.travel(clock.now() + timedelta(minutes=65)):
        assert (
            refused(Api(tenant.app).post("/auth/reset-password", {"token": token, "password": NEW}), 404) == "not_found"
        )


def test_a_token_serves_its_own_purpose_only(tenant, api):
    _, invitation = _invite(tenant, api)
    reset = _forget(tenant)
    assert (
        refused(Api(tenant.app).post("/auth/reset-password", {"token": invitation, "password": NEW}), 404)
        == "not_found"
    )
    assert refused(Api(tenant.app).post("/auth/verify-email", {"token": reset}), 404) == "not_found"
    assert (
        refused(Api(tenant.app).post("/auth/reset-password", {"token": reset[:-3] + "xyz", "password": NEW}), 404)
        == "not_found"
    )


def test_no_token_is_kept(tenant, api):
    _, token = _invite(tenant, api)
    with tenant.bound():
        kept = db.session.execute(sa.select(EmailMessage.context, EmailMessage.delivery_key)).all()
    assert token not in str(kept) and "account_link" in str(kept)


def test_the_host_header_does_not_lead_the_link_astray(tenant):
    body = {"email": tenant.email("RECRUITER"), "tenant": tenant.slug}
    ok(Api(tenant.app).post("/auth/forgot-password", body, headers={"Host": "evil.example"}), 202)
    tenant.run_jobs()
    assert "evil.example" not in mails(tenant.app, tenant.email("RECRUITER"))[-1].as_string()


def test_an_unknown_address_gets_the_same_answer_in_the_same_time_and_no_mail(tenant, monkeypatch):
    monkeypatch.setattr(account_service, "FORGOT_SECONDS", 0.15)
    bodies, times = {}, {}
    for email in ("nobody@people.example", tenant.email("MANAGER")):
        times[email] = []
        for _ in range(5):
            started = time.perf_counter()
            answer = Api(tenant.app).post("/auth/forgot-password", {"email": email})
            times[email].append(time.perf_counter() - started)
            bodies[email] = (answer.status_code, answer.get_data())
    assert len(set(bodies.values())) == 1
    assert all(statistics.median(measured) >= 0.15 for measured in times.values())
    tenant.run_jobs()
    assert not mails(tenant.app, "nobody@people.example")


def test_an_address_is_verified_once(tenant):
    recruiter = tenant.api("RECRUITER")
    ok(recruiter.post("/auth/email-verification"), 202)
    token = _token(tenant, tenant.email("RECRUITER"))
    ok(Api(tenant.app).post("/auth/verify-email", {"token": token}), 204)
    assert refused(Api(tenant.app).post("/auth/verify-email", {"token": token}), 404) == "not_found"
    assert ok(recruiter.get("/auth/me"))["email_verified"] is True


def test_a_suspended_user_gets_no_reset_link(tenant, api):
    ok(api.patch(f"/users/{tenant.users['RECRUITER']}", {"status": "suspended"}))
    before = len(mails(tenant.app, tenant.email("RECRUITER")))
    ok(Api(tenant.app).post("/auth/forgot-password", {"email": tenant.email("RECRUITER")}), 202)
    tenant.run_jobs()
    assert len(mails(tenant.app, tenant.email("RECRUITER"))) <= before + 1


def test_a_sign_up_asks_for_the_address_to_be_verified(new_tenant):
    address = new_tenant.email("TENANT_ADMIN")
    new_tenant.run_jobs()
    purpose, token = token_in(mails(new_tenant.app, address)[0])
    assert purpose == "verify-email"
    ok(Api(new_tenant.app).post("/auth/verify-email", {"token": token}), 204)


def test_a_sign_in_from_a_new_program_is_told_unless_muted(tenant):
    email = tenant.email("MANAGER")

    def subjects(agent):
        body = {"email": email, "password": PASSWORD}
        ok(Api(tenant.app).post("/auth/login", body, headers={"User-Agent": agent}))
        tenant.run_jobs()
        return [mail["Subject"] for mail in mails(tenant.app, email)].count("New sign-in to your account")

    assert [subjects("first"), subjects("first"), subjects("second")] == [0, 0, 1]
    manager = tenant.api("MANAGER")
    usual = ok(manager.get("/auth/notifications"))
    assert set(usual) == set(NotificationPreferences.model_fields)
    assert usual["new_sign_in"] == {"in_app": True, "email": "now"} and usual["feedback_asked"]["email"] == "off"
    chosen = {"new_sign_in": {"email": "off"}, "note_mention": {"in_app": False, "email": "daily"}}
    ok(manager.call("PUT", "/auth/notifications", json=chosen))
    expected = {**usual, "new_sign_in": {"in_app": True, "email": "off"}, "note_mention": chosen["note_mention"]}
    assert ok(manager.get("/auth/notifications")) == expected
    assert subjects("third") == subjects("fourth") == 2  # the second was the session of this very client


def test_sessions_are_listed_and_ended_one_by_one(tenant):
    manager = tenant.api("MANAGER")
    other = Api(tenant.app, ok(_login(tenant, PASSWORD, tenant.email("MANAGER")))["access_token"])
    sessions = ok(manager.get("/auth/sessions"))["data"]
    assert [each["current"] for each in sessions] == [False, True]
    ok(manager.delete(f"/auth/sessions/{sessions[0]['id']}"), 204)
    assert refused(other.get("/auth/me"), 401) == "session_ended"
    assert len(ok(manager.get("/auth/sessions"))["data"]) == 1
    assert refused(tenant.api("RECRUITER").delete(f"/auth/sessions/{sessions[1]['id']}"), 404) == "not_found"


def test_an_administrator_signs_a_user_out_everywhere(tenant, api):
    recruiter = tenant.api("RECRUITER")
    ok(recruiter.get("/auth/me"))
    ok(api.delete(f"/users/{tenant.users['RECRUITER']}/sessions"), 204)
    assert refused(recruiter.get("/auth/me"), 401) == "session_ended"
    assert refused(tenant.api("MANAGER").delete(f"/users/{tenant.users['TENANT_ADMIN']}/sessions"), 403) == "outranked"


def test_what_a_user_owns_is_handed_over(tenant, api):
    recruiter, lead = tenant.users["RECRUITER"], tenant.users["TEAM_LEAD"]
    candidate, job = make_candidate(tenant, owner_id=recruiter), make_job(tenant, owner_id=recruiter)
    make_task(tenant, candidate, assignee_id=recruiter)
    version = ok(api.get(f"/candidates/{candidate}"))["version"]
    moved = ok(api.post(f"/users/{recruiter}/reassignment", {"to_user_id": str(lead)}))
    assert moved == {"users": 0, "candidates": 1, "jobs": 1, "talent_pools": 0, "tasks": 1, "approvals": 0}
    after = ok(api.get(f"/candidates/{candidate}"))
    assert (after["owner_id"], after["version"]) == (str(lead), version + 1)
    assert ok(api.get(f"/jobs/{job}"))["owner_id"] == str(lead)
    ok(api.delete(f"/users/{recruiter}"), 204)
    tenant.run_jobs()
    assert mails(tenant.app, tenant.email("TEAM_LEAD"))[-1]["Subject"] == "Work has been reassigned to you"


@pytest.mark.parametrize(
    ("heir", "code"), [("TEAM_LEAD", "bad_heir"), ("RECRUITER", "does_not_outrank"), ("MANAGER", None)]
)
def test_whoever_takes_over_reports_must_outrank_them(tenant, api, heir, code):
    path = f"/users/{tenant.users['TEAM_LEAD']}/reassignment"
    answer = api.post(path, {"to_user_id": str(tenant.users[heir])}).get_json()
    assert answer.get("code") == code
    if code is None:
        assert answer["users"] == 1


def test_another_tenants_user_takes_nothing_over(app, tenant, api):
    foreign = make_tenant(app).users["MANAGER"]
    path = f"/users/{tenant.users['RECRUITER']}/reassignment"
    assert refused(api.post(path, {"to_user_id": str(foreign)}), 404) == "not_found"


ABOUT = {"name": "Grace Hopper", "title": "Recruiter", "time_zone": "Europe/Berlin", "signature": "Grace\nHarbour"}


def test_users_say_of_themselves_what_they_like_and_others_are_untouched(tenant):
    api, other = tenant.api("RECRUITER"), tenant.api("TEAM_LEAD")
    before, theirs = ok(api.get("/auth/me")), ok(other.get("/auth/me"))
    assert [before[name] for name in ("title", "phone", "time_zone", "locale", "signature")] == [None] * 5
    after = ok(api.patch("/auth/me", {**ABOUT, "phone": "+49 40 300800998", "locale": "de-DE"}))
    assert {name: after[name] for name in ABOUT} == ABOUT and after["version"] == before["version"] + 1
    assert ok(api.get("/auth/me")) == after and ok(other.get("/auth/me")) == theirs
    assert ok(api.patch("/auth/me", {"title": None}))["title"] is None
    stale = api.patch("/auth/me", {"title": "x"}, headers={"If-Match": f'"{before["version"]}"'})
    assert refused(stale, 412) == "version_mismatch"
    ok(api.patch("/auth/me", {"name": before["name"], "locale": None}))


@pytest.mark.parametrize(
    "wrong",
    [
        {"time_zone": "Europe/Atlantis"},
        {"locale": "xx-YY"},
        {"name": None},
        {"name": ""},
        {"signature": "x" * 2001},
        {"role": "TENANT_ADMIN"},
        {"email": "root@harbour.example"},
        {"title": "a\nb"},
    ],
)
def test_what_is_said_of_oneself_is_checked(tenant, wrong):
    assert refused(tenant.api("RECRUITER").patch("/auth/me", wrong), 422) == "validation_failed"


def test_users_get_their_mails_in_their_own_language(app, new_tenant):
    recruiter, manager = new_tenant.api("RECRUITER"), new_tenant.api("MANAGER")
    ok(recruiter.patch("/auth/me", {"locale": "fr-FR"}))
    mentioned = [str(new_tenant.users[name]) for name in ("RECRUITER", "TEAM_LEAD")]
    candidate = make_candidate(new_tenant, owner_id=new_tenant.users["RECRUITER"])
    note = {"candidate_id": str(candidate), "body": "Please look.", "mentions": mentioned}
    ok(manager.post("/notes", note), 201)
    new_tenant.run_jobs()
    subjects = [mails(app, new_tenant.email(name))[-1]["Subject"] for name in ("RECRUITER", "TEAM_LEAD")]
    assert "mentionn" in subjects[0] and "mentioned you" in subjects[1]
