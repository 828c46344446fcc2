"""What a tenant's administrator settles: profile, settings that take effect, branding, a sandbox."""

from __future__ import annotations

from datetime import datetime, timedelta

import pyotp
import pytest
import time_machine

from app.services.platform import sandbox_service
from app.services.settings import tenant_subscription_service
from app.utils import clock
from tests.factories.application import make_application
from tests.factories.candidate import make_candidate
from tests.factories.client import Api, ok, refused
from tests.factories.image import png
from tests.factories.job import make_job
from tests.factories.mailbox import mails
from tests.factories.platform import make_platform_admin
from tests.factories.runner import make_runner
from tests.factories.tenant import PASSWORD, make_tenant

PNG = png()


def _settle(api, **settings):
    return ok(api.put("/tenant/settings", settings))


def test_the_profile_takes_locale_website_and_address(api):
    body = {"locale": "pt-BR", "website": "https://quay.example", "contact_email": "Hello@Quay.example"}
    changed = ok(api.patch("/tenant", body))
    assert (changed["locale"], changed["contact_email"]) == ("pt-BR", "hello@quay.example")
    assert ok(api.patch("/tenant", {"website": None}))["website"] is None
    for wrong in (
        {"locale": "xx-YY"},
        {"locale": "iw"},
        {"locale": "und"},
        {"time_zone": "Factory"},
        {"locale": "english"},
        {"locale": None},
        {"website": "javascript:alert(1)"},
    ):
        assert refused(api.patch("/tenant", wrong), 422) == "validation_failed", wrong


def test_settings_are_replaced_whole_and_validated(api):
    before = ok(api.get("/tenant/settings"))
    assert before["session_days"] == 14 and before["candidate_mails"] and before["user_email_domains"] == []
    settled = _settle(api, session_days=7, reply_to="Talent@quay.example")
    assert (settled["session_days"], settled["reply_to"]) == (7, "talent@quay.example")
    again = _settle(api, session_days=3)
    assert again["reply_to"] is None and again["version"] == settled["version"] + 1
    assert refused(api.put("/tenant/settings", {}, headers={"If-Match": '"1"'}), 412) == "version_mismatch"
    for wrong in (
        {"session_days": 15},
        {"session_days": "7"},
        {"candidate_mails": 1},
        {"user_email_domains": ["not a domain"]},
        {"user_email_domains": ["-.com"]},
        {"reply_to": "ü@ü.example"},
        {"surprise": True},
    ):
        assert refused(api.put("/tenant/settings", wrong), 422) == "validation_failed", wrong
    assert ok(api.get("/audit?limit=1"))["data"][0]["data"] == {"changed": ["session_days", "reply_to"]}


def test_a_required_second_factor_leaves_only_ones_own_account_open(app, tenant, api):
    recruiter = tenant.api("RECRUITER")
    ok(recruiter.get("/candidates"))
    _settle(api, require_second_factor=True)
    answer = recruiter.get("/candidates")
    assert (answer.status_code, answer.get_json()["code"]) == (403, "second_factor_missing")
    ok(recruiter.get("/auth/me"))
    totp = pyotp.TOTP(ok(recruiter.post("/auth/totp"))["secret"])
    ok(recruiter.post("/auth/totp/confirmation", {"code": totp.now()}))
    ok(recruiter.get("/candidates"))


def test_a_key_does_not_lift_the_requirement(tenant, api):
    key = ok(api.post("/api-keys", {"name": "A key", "permissions": ["tenant.update"]}), 201)
    _settle(api, require_second_factor=True)
    answer = Api(tenant.app, key["secret"]).put("/tenant/settings", {})
    assert (answer.status_code, answer.get_json()["code"]) == (403, "users_only")


def test_sessions_live_as_long_as_the_tenant_wants(app, tenant, api):
    _settle(api, session_days=2)
    tenant.api("MANAGER")
    _settle(api, session_days=1)
    manager = ok(tenant.api("MANAGER").get("/auth/sessions"))["data"][0]
    assert datetime.fromisoformat(manager["expires_at"]) <= clock.now() + timedelta(days=1), "the present ones too"
    _settle(api, session_days=2)
    login = {"email": tenant.email("RECRUITER"), "password": PASSWORD}
    pair = ok(Api(app).post("/auth/login", login))
    sessions = ok(Api(app, pair["access_token"]).get("/auth/sessions"))["data"]
    ends = min(datetime.fromisoformat(session["expires_at"]) for session in sessions)
    assert timedelta(days=1, hours=23) < ends - clock.now() <= timedelta(days=2)


def test_users_have_addresses_of_the_named_domains_only(tenant, api):
    _settle(api, user_email_domains=["quay.example"])
    body = {"name": "New", "role": "MANAGER", "email": "new@elsewhere.example"}
    answer = api.post("/users", body)
    assert (answer.status_code, answer.get_json()["code"]) == (422, "domain_not_allowed")
    ok(api.post("/users", {**body, "email": "new@quay.example"}), 201)
    assert refused(api.post("/users", {**body, "email": "new@sub.quay.example"}), 422) == "domain_not_allowed"


def test_candidates_are_mailed_as_the_tenant_wants(app, tenant, api):
    job = make_job(tenant)
    _settle(api, reply_to="talent@quay.example", rejection_delay_hours=0)
    candidate = make_candidate(tenant, emails=["ann@people.example"])
    application = make_application(tenant, candidate, job)
    ok(api.post(f"/applications/{application}/reject", {"reason": "Other candidates fit better."}))
    tenant.run_jobs()
    (rejected,) = mails(app, "ann@people.example")
    assert rejected["Reply-To"] == "talent@quay.example"
    assert tenant.slug in rejected.get_body(("plain",)).get_content(), "signed with the tenant's name"
    _settle(api, candidate_mails=False)
    application = make_application(tenant, make_candidate(tenant, emails=["bob@people.example"]), job)
    ok(api.post(f"/applications/{application}/reject", {"reason": "Other candidates fit better."}))
    tenant.run_jobs()
    assert mails(app, "bob@people.example") == []


@pytest.fixture
def branded(app):
    """A tenant whose plan has custom branding."""
    return make_tenant(app, "ENTERPRISE")


def test_branding_shows_in_mails_and_to_visitors(app, branded):
    api, visitor = branded.api(), Api(app)
    assert visitor.get(f"/tenants/{branded.slug}/branding").status_code == 200
    ok(api.put("/tenant/branding", {"color": "#0A5C7A"}))
    look = ok(api.upload("/tenant/branding/logo", PNG, "logo.png"))
    assert look["color"] == "#0a5c7a" and ok(visitor.get(f"/tenants/{branded.slug}/branding")) == look
    path = look["logo_url"].removeprefix(app.config["SETTINGS"].public_url)
    picture = visitor.get(path)
    assert (picture.data, picture.content_type) == (PNG, "image/png")
    assert picture.headers.getlist("Cross-Origin-Resource-Policy") == ["cross-origin"]
    assert refused(visitor.get("/tenants/a%00b/branding"), 404) == "not_found"
    assert "immutable" in picture.headers["Cache-Control"] and picture.headers["X-Content-Type-Options"] == "nosniff"
    ok(api.post("/users", {"name": "New", "role": "MANAGER", "email": "new@people.example"}), 201)
    branded.run_jobs()
    html = mails(app, "new@people.example")[-1].get_body(("html",)).get_content()
    assert look["logo_url"] in html and "#0a5c7a" in html
    assert ok(api.get("/tenant/usage"))["storage_bytes"]["used"] == len(PNG)


def test_a_new_logo_replaces_the_old_one_and_its_bytes(app, branded):
    api = branded.api()
    first = ok(api.upload("/tenant/branding/logo", PNG, "logo.png"))["logo_url"]
    second = ok(api.upload("/tenant/branding/logo", PNG + b"more", "logo.png"))["logo_url"]
    branded.run_jobs()
    base = app.config["SETTINGS"].public_url
    assert refused(Api(app).get(first.removeprefix(base)), 404) == "not_found"
    assert Api(app).get(second.removeprefix(base)).status_code == 200
    ok(api.delete("/tenant/branding/logo"), 204)
    assert refused(Api(app).get(second.removeprefix(base)), 404) == "not_found"
    assert ok(api.get("/tenant/usage"))["storage_bytes"]["used"] == 0


def test_a_logo_is_a_small_picture(app, branded):
    api = branded.api()
    assert refused(api.upload("/tenant/branding/logo", b"<svg onload=alert(1)>", "logo.png"), 415) == "unsupported_file"
    assert (
        refused(api.upload("/tenant/branding/logo", PNG + b"\0" * 512 * 1024, "logo.png"), 413) == "payload_too_large"
    )
    for color in ("red", "#12345", "#12345g", "url(x)"):
        assert refused(api.put("/tenant/branding", {"color": color}), 422) == "validation_failed", color


def test_branding_is_a_feature_of_the_plan(app, tenant, api, branded):
    assert api.put("/tenant/branding", {"color": "#0a5c7a"}).get_json()["code"] == "feature_missing"
    assert refused(Api(app).get(f"/tenants/{tenant.slug}/branding"), 404) == "not_found", "nobody learns who is here"
    ok(branded.api().put("/tenant/branding", {"color": "#0a5c7a"}))
    ok(branded.api().upload("/tenant/branding/logo", PNG, "logo.png"))
    with branded.bound():
        tenant_subscription_service.change("STARTER")
    ok(branded.api().delete("/tenant/branding/logo"), 204)
    assert ok(branded.api().get("/tenant/branding"))["color"] is None


@pytest.fixture
def few_people(monkeypatch):
    monkeypatch.setattr(sandbox_service, "PEOPLE", 5)
    return 5


def test_a_sandbox_opens_in_one_call_and_fills_itself(app, tenant, api, few_people):
    opened = ok(api.post("/tenant/sandbox"), 202)
    assert opened["tenant"]["slug"] == f"{tenant.slug}-sandbox" and opened["tenant"]["is_sandbox"]
    again = api.post("/tenant/sandbox")
    assert (again.status_code, again.get_json()["code"]) == (409, "duplicate")
    tenant.run_jobs()
    with time_machine.travel(clock.now() + timedelta(seconds=10)):
        tenant.run_jobs()  # it has waited for the resumes
    plain = {"email": opened["login_email"], "password": PASSWORD}
    own = ok(Api(app).post("/auth/login", plain))["access_token"]
    assert ok(Api(app, own).get("/auth/me"))["tenant_slug"] == tenant.slug, "the sandbox is meant only by name"
    login = {**plain, "tenant": opened["tenant"]["slug"]}
    inside = Api(app, ok(Api(app).post("/auth/login", login))["access_token"])
    usage = ok(inside.get("/tenant/usage"))
    assert usage["candidates"]["used"] == few_people and usage["jobs"]["used"] == 6
    assert len(ok(inside.get("/applications?limit=200"))["data"]) > 5
    assert inside.post("/tenant/sandbox").get_json()["code"] == "sandbox_of_sandbox"
    assert ok(api.get("/candidates"))["data"] == [], "the tenant itself has none of it"
    assert ok(api.get("/audit?limit=1&type=tenant.sandbox_opened"))["data"][0]["actor_kind"] == "user"
    assert not [mail for mail in ok(inside.get("/email-messages"))["data"] if mail["candidate_id"]]


def test_the_platform_opens_a_sandbox_too(app, few_people):
    operator = make_platform_admin(app).api
    new = {"name": "Try", "slug": "try-it", "admin_name": "Tom", "admin_email": "tom@try.example", "is_sandbox": True}
    made = ok(operator.post("/platform/tenants", new), 201)
    assert made["is_sandbox"]
    make_runner(app).drain()
    assert ok(operator.get(f"/platform/tenants/{made['id']}"))["candidates"] == few_people
