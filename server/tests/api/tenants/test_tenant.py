"""Sign-up, profile, plans."""

from __future__ import annotations

from tests.factories.client import Api, ok, refused
from tests.factories.tenant import PASSWORD

BODY = {
    "name": "New Agency",
    "slug": "new-agency",
    "admin_name": "Ann",
    "admin_email": "ann@new.example",
    "password": PASSWORD,
}


def test_a_tenant_signs_up_and_is_ready(app, tenant):
    signed_up = ok(Api(app).post("/tenants/signup", BODY), 201)
    assert signed_up["tenant"]["plan"] == "FREE" and signed_up["tenant"]["status"] == "active"
    token = ok(Api(app).post("/auth/login", {"email": "ann@new.example", "password": PASSWORD}))["access_token"]
    api = Api(app, token)
    assert [role["name"] for role in ok(api.get("/roles"))["data"]] == [
        "TENANT_ADMIN",
        "MANAGER",
        "TEAM_LEAD",
        "RECRUITER",
    ]
    assert ok(api.get("/tenant/usage"))["users"] == {"used": 1, "limit": 5}
    assert ok(api.get("/audit/verify"))["valid"]
    tenant.run_jobs()
    assert [mail["template"] for mail in ok(api.get("/email-messages"))["data"]] == ["welcome"]


def test_a_slug_is_taken_once(app):
    ok(Api(app).post("/tenants/signup", BODY), 201)
    again = Api(app).post("/tenants/signup", {**BODY, "admin_email": "other@new.example"})
    assert refused(again, 409) == "duplicate" and again.get_json()["errors"][0]["pointer"] == "/slug"


def test_sign_up_refuses_what_is_wrong(app):
    for change in (
        {"slug": "Not A Slug"},
        {"slug": "-x"},
        {"slug": "x\n"},
        {"time_zone": "localtime"},
        {"password": "tiny"},
        {"time_zone": "Mars/Base"},
        {"plan": "ENTERPRISE"},
    ):
        assert refused(Api(app).post("/tenants/signup", {**BODY, **change}), 422) == "validation_failed"


def test_the_profile_changes_with_a_version(api):
    changed = api.patch("/tenant", {"name": "Renamed", "time_zone": "Europe/Berlin"}, headers={"If-Match": '"1"'})
    assert ok(changed)["name"] == "Renamed" and changed.headers["ETag"] == '"2"'
    assert refused(api.patch("/tenant", {"name": "X"}, headers={"If-Match": '"1"'}), 412) == "version_mismatch"


def test_the_standard_plans_are_on_offer(api):
    plans = {
        plan["code"]: (plan["max_users"], plan["max_candidates"], plan["monthly_usd"])
        for plan in ok(api.get("/plans"))["data"]
    }
    assert plans == {
        "FREE": (5, 50, 0),
        "STARTER": (25, 500, 49),
        "PROFESSIONAL": (100, 5_000, 149),
        "ENTERPRISE": (999, 99_999, 499),
    }
