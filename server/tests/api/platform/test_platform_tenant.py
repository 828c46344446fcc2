"""Tenants under platform administrators: made, found, shut, opened, and that their ledgers tell it."""

from __future__ import annotations

import pytest

from tests.factories.client import Api, ok, refused
from tests.factories.mailbox import mails, token_in
from tests.factories.platform import make_platform_admin
from tests.factories.tenant import PASSWORD, make_tenant

REASON = "The invoice of August is still open."
NEW = {"name": "Quay Staffing", "slug": "quay", "admin_name": "Quinn", "admin_email": "quinn@quay.example"}


@pytest.fixture
def operator(app):
    return make_platform_admin(app)


def _path(tenant, rest=""):
    return f"/platform/tenants/{tenant.id}{rest}"


def _events(tenant):
    return ok(tenant.api().get("/audit", query_string={"subject_type": "tenants"}))["data"]


def test_a_tenant_is_made_and_its_administrator_invited(app, tenant, operator):
    made = ok(operator.api.post("/platform/tenants", {**NEW, "plan": "STARTER"}), 201)
    assert (made["plan"], made["users"], made["status"]) == ("STARTER", 1, "active")
    assert (
        refused(Api(app).post("/auth/login", {"email": NEW["admin_email"], "password": PASSWORD}), 401)
        == "invalid_credentials"
    )
    tenant.run_jobs()
    _, token = token_in(mails(app, NEW["admin_email"])[-1])
    ok(Api(app).post("/auth/accept-invitation", {"token": token, "password": PASSWORD}), 204)
    pair = ok(Api(app).post("/auth/login", {"email": NEW["admin_email"], "password": PASSWORD}))
    events = ok(Api(app, pair["access_token"]).get("/audit", query_string={"type": "tenant.created"}))["data"]
    assert [(event["actor_kind"], event["actor_id"]) for event in events] == [("platform", str(operator.id))]
    assert refused(operator.api.post("/platform/tenants", NEW), 409) == "duplicate"
    assert refused(operator.api.post("/platform/tenants", {**NEW, "slug": "quay2", "plan": "NONE"}), 404) == "not_found"


def test_tenants_are_listed_searched_and_filtered(app, operator):
    tenants = [make_tenant(app, plan) for plan in ("STARTER", "PROFESSIONAL")]
    ok(operator.api.post(_path(tenants[1], "/deactivate"), {}))
    for query, expected in (
        ({"q": tenants[0].slug[3:]}, {tenants[0].slug}),
        ({"q": "100%"}, set()),
        ({"q": tenants[0].slug, "plan": "PROFESSIONAL"}, set()),
        ({"q": tenants[1].slug, "status": "inactive"}, {tenants[1].slug}),
        ({"ids": f"{tenants[0].id},{tenants[1].id}", "sort": "slug"}, {tenants[0].slug, tenants[1].slug}),
    ):
        found = ok(operator.api.get("/platform/tenants", query_string=query))["data"]
        assert {each["slug"] for each in found} == expected, query
    first = ok(operator.api.get("/platform/tenants", query_string={"limit": 1}))
    second = ok(operator.api.get("/platform/tenants", query_string={"limit": 1, "cursor": first["next_cursor"]}))
    assert first["data"][0]["id"] != second["data"][0]["id"]
    assert ok(operator.api.get(_path(tenants[0])))["users"] == 4


def test_a_suspended_tenant_is_out_at_once_and_knows_why_afterwards(app, tenant, operator):
    api = tenant.api("RECRUITER")
    ok(api.get("/auth/me"))
    for body in ({}, {"reason": "short"}, {"reason": "x" * 501}):
        assert refused(operator.api.post(_path(tenant, "/suspend"), body), 422) in {
            "validation_failed",
            "reason_missing",
        }
    shut = ok(operator.api.post(_path(tenant, "/suspend"), {"reason": REASON}))
    assert (shut["status"], shut["status_reason"]) == ("suspended", REASON)
    assert shut["allowed_actions"] == ["deactivate", "reactivate"]
    assert refused(api.get("/auth/me"), 401) == "session_ended"
    login = {"email": tenant.email("RECRUITER"), "password": PASSWORD}
    assert refused(Api(app).post("/auth/login", login), 401) == "invalid_credentials"
    assert refused(operator.api.post(_path(tenant, "/suspend"), {"reason": REASON}), 409) == "illegal_transition"
    ok(operator.api.post(_path(tenant, "/reactivate"), {}))
    assert refused(api.get("/auth/me"), 401) == "session_ended", "the sessions of before stay ended"
    tenant.tokens["TENANT_ADMIN"] = ok(Api(app).post("/auth/login", {**login, "email": tenant.email("TENANT_ADMIN")}))[
        "access_token"
    ]
    told = {event["type"]: event for event in _events(tenant)}
    assert told["tenant.suspend"]["reason"] == REASON and told["tenant.suspend"]["actor_id"] == str(operator.id)
    assert told["tenant.reactivate"]["actor_kind"] == "platform"
    assert ok(tenant.api().get("/audit/verify"))["valid"]


def test_a_stale_version_is_refused(tenant, operator):
    version = ok(operator.api.get(_path(tenant)))["version"]
    response = operator.api.post(_path(tenant, "/deactivate"), {}, headers={"If-Match": f'"{version + 1}"'})
    assert refused(response, 412) == "version_mismatch"


def test_a_plan_that_is_too_small_is_refused(app, tenant, operator):
    assert ok(operator.api.put(_path(tenant, "/plan"), {"plan": "ENTERPRISE"}))["plan"] == "ENTERPRISE"
    for number in range(3):
        body = {"email": f"more{number}@{tenant.slug}.example", "name": "More", "role": "MANAGER", "password": PASSWORD}
        ok(tenant.api().post("/users", body), 201)
    refused = operator.api.put(_path(tenant, "/plan"), {"plan": "FREE"})
    assert (refused.status_code, refused.get_json()["code"]) == (409, "use_exceeds_plan")


def test_an_unknown_tenant_is_not_found(operator):
    unknown = "/platform/tenants/01890000-0000-7000-8000-000000000000"
    assert refused(operator.api.get(unknown), 404) == "not_found"
    assert refused(operator.api.post(f"{unknown}/suspend", {"reason": REASON}), 404) == "not_found"


def test_a_deletion_shuts_now_and_can_be_taken_back_within_the_grace(app, tenant, operator):
    wrong = operator.api.post(_path(tenant, "/deletion"), {"slug": "another", "reason": REASON})
    assert (wrong.status_code, wrong.get_json()["code"]) == (422, "wrong_slug")
    planned = ok(operator.api.post(_path(tenant, "/deletion"), {"slug": tenant.slug, "reason": REASON}), 202)
    assert planned["status"] == "inactive" and planned["delete_after"]
    assert refused(tenant.api().get("/auth/me"), 401) == "session_ended"
    assert (
        refused(operator.api.post(_path(tenant, "/deletion"), {"slug": tenant.slug, "reason": REASON}), 409)
        == "deletion_scheduled"
    )
    back = ok(operator.api.delete(_path(tenant, "/deletion")))
    assert (back["status"], back["delete_after"]) == ("inactive", None)
    assert refused(operator.api.delete(_path(tenant, "/deletion")), 409) == "no_deletion"
    ok(operator.api.post(_path(tenant, "/reactivate"), {}))


def test_after_the_grace_there_is_no_way_back(app, tenant, operator):
    ok(operator.api.post(_path(tenant, "/deletion"), {"slug": tenant.slug, "reason": REASON}), 202)
    tenant.end_grace()
    for method, rest in (("DELETE", "/deletion"), ("POST", "/reactivate")):
        refused = operator.api.call(method, _path(tenant, rest), **({"json": {}} if method == "POST" else {}))
        assert (refused.status_code, refused.get_json()["code"]) == (409, "deletion_underway")
