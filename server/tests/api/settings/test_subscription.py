"""Plans and subscriptions: prices, history, custom plans, use, and that a limit is held under one lock."""

from __future__ import annotations

from datetime import timedelta

import pytest
import sqlalchemy as sa
import time_machine

from app.extensions import db
from app.models import SubscriptionPlan, TenantCounter
from app.services.settings import tenant_api_use_service
from app.utils import clock
from tests.factories.candidate import candidate_body, make_candidate
from tests.factories.client import ok, refused
from tests.factories.job import job_body
from tests.factories.platform import make_platform_admin
from tests.factories.tenant import make_tenant

PLAN = {
    "code": "QUAY_2027",
    "name": "Quay, three years",
    "max_users": 5,
    "max_candidates": 2,
    "max_storage_bytes": 1024**3,
    "monthly_usd": 290,
    "features": {"api_access": True},
}
STANDARD = {  # users, candidates, gigabytes, dollars a month
    "FREE": (5, 50, 1, 0),
    "STARTER": (25, 500, 10, 49),
    "PROFESSIONAL": (100, 5_000, 100, 149),
    "ENTERPRISE": (999, 99_999, 1_000, 499),
}


@pytest.fixture
def operator(app):
    return make_platform_admin(app).api


def _path(tenant, rest):
    return f"/platform/tenants/{tenant.id}{rest}"


def _custom(operator, tenant, **changes):
    return ok(operator.post(_path(tenant, "/plans"), {**PLAN, **changes}), 201)


def test_the_standard_plans_and_a_year_costs_ten_months(tenant, api):
    plans = {plan["code"]: plan for plan in ok(api.get("/plans"))["data"]}
    assert list(plans) == list(STANDARD)
    for code, (users, candidates, gigabytes, dollars) in STANDARD.items():
        plan = plans[code]
        assert (plan["max_users"], plan["max_candidates"], plan["monthly_usd"]) == (users, candidates, dollars)
        assert plan["max_storage_bytes"] == gigabytes * 1024**3
        assert plan["yearly_usd"] == 10 * dollars and not plan["is_custom"]


def test_subscriptions_are_a_history_with_one_that_is_live(app, tenant, api, operator):
    ok(operator.put(_path(tenant, "/plan"), {"plan": "ENTERPRISE", "billing_period": "yearly"}))
    first = ok(api.get("/tenant/subscriptions?limit=2"))
    rest = ok(api.get("/tenant/subscriptions", query_string={"limit": 2, "cursor": first["next_cursor"]}))
    history = first["data"] + rest["data"]
    assert [(row["plan_code"], row["billing_period"], row["price_usd"]) for row in history] == [
        ("ENTERPRISE", "yearly", 4990),
        ("PROFESSIONAL", "monthly", 149),
        ("FREE", "monthly", 0),
    ]
    assert [row["ended_at"] is None for row in history] == [True, False, False]
    assert history[0]["actor_kind"] == "platform"
    assert ok(operator.get(_path(tenant, "/subscriptions")))["data"] == history
    again = operator.put(_path(tenant, "/plan"), {"plan": "ENTERPRISE", "billing_period": "yearly"})
    assert (again.status_code, again.get_json()["code"]) == (409, "same_plan")
    ok(operator.put(_path(tenant, "/plan"), {"plan": "ENTERPRISE", "billing_period": "monthly"}))


def test_a_change_of_plan_is_refused_if_present_use_exceeds_it(app, operator):
    tenant = make_tenant(app, "STARTER")
    with tenant.bound():
        counter = db.session.scalars(sa.select(TenantCounter)).one()
        assert (counter.users, counter.max_users, counter.max_candidates) == (4, 25, 500)
    plan = _custom(operator, tenant, max_users=4)
    make_candidate(tenant)
    make_candidate(tenant)
    ok(operator.put(_path(tenant, "/plan"), {"plan": PLAN["code"]}))
    full = tenant.api().post("/candidates", candidate_body())
    assert (full.status_code, full.get_json()["code"], full.get_json()["limit"]) == (402, "plan_limit_reached", 2)
    for change in ({"max_candidates": 1}, {"max_users": 3}):
        assert operator.patch(_path(tenant, f"/plans/{plan['id']}"), change).get_json()["code"] == "use_exceeds_plan"


def test_a_custom_plan_belongs_to_one_tenant(app, tenant, operator):
    other = make_tenant(app)
    plan = _custom(operator, tenant)
    assert plan["is_custom"] and plan["yearly_usd"] == 2900
    assert plan["code"] in {row["code"] for row in ok(tenant.api().get("/plans"))["data"]}
    assert plan["code"] not in {row["code"] for row in ok(other.api().get("/plans"))["data"]}
    assert refused(operator.put(_path(other, "/plan"), {"plan": plan["code"]}), 404) == "not_found"
    for method, options in (("PATCH", {"json": {"name": "Theirs"}}), ("DELETE", {})):
        assert refused(operator.call(method, _path(other, f"/plans/{plan['id']}"), **options), 404) == "not_found"
    everything = {row["code"]: row for row in ok(operator.get("/platform/plans"))["data"]}
    assert everything[plan["code"]]["for_tenant_id"] == str(tenant.id)
    assert refused(operator.post(_path(other, "/plans"), PLAN), 409) == "duplicate", "a code is one plan's"


def test_a_custom_plan_is_never_below_present_use_and_undeletable_in_use(app, tenant, operator):
    answer = operator.post(_path(tenant, "/plans"), {**PLAN, "max_users": 3})
    assert (answer.status_code, answer.get_json()["resources"]) == (409, ["users"])
    plan = _custom(operator, tenant)
    ok(operator.put(_path(tenant, "/plan"), {"plan": plan["code"]}))
    path = _path(tenant, f"/plans/{plan['id']}")
    assert operator.delete(path).get_json()["code"] == "plan_in_use"
    changed = ok(operator.patch(path, {"max_candidates": 1, "features": {}}, headers={"If-Match": '"1"'}))
    assert (changed["max_candidates"], changed["features"], changed["version"]) == (1, {}, 2)
    make_candidate(tenant)
    assert (
        refused(tenant.api().post("/candidates", candidate_body()), 402) == "plan_limit_reached"
    ), "the change counts at once"
    ok(operator.put(_path(tenant, "/plan"), {"plan": "ENTERPRISE"}))
    ok(operator.delete(path), 204)
    assert [row["plan_code"] for row in ok(tenant.api().get("/tenant/subscriptions"))["data"]][1] == plan["code"]
    standard = ok(tenant.api().get("/plans"))["data"][0]["id"]
    assert operator.delete(_path(tenant, f"/plans/{standard}")).get_json()["code"] == "standard_plan"


def test_what_is_done_to_plans_stands_in_both_ledgers(tenant, api, operator):
    plan = _custom(operator, tenant)
    ok(operator.put(_path(tenant, "/plan"), {"plan": plan["code"]}))
    wanted = ["tenant.plan_changed", "subscription_plan.created"]
    seen = [event["type"] for event in ok(api.get("/audit?limit=2"))["data"]]
    assert seen == wanted
    assert [event["type"] for event in ok(operator.get("/platform/events?limit=2"))["data"]] == wanted


def test_a_feature_of_the_plan_is_asked_for_by_the_endpoint_it_gates(tenant, api, operator):
    plan = _custom(operator, tenant, features={})
    ok(operator.put(_path(tenant, "/plan"), {"plan": plan["code"]}))
    body = {"name": "A key", "permissions": ["jobs.read"]}
    answer = api.post("/api-keys", body)
    assert (answer.status_code, answer.get_json()["code"]) == (402, "feature_missing")
    ok(operator.patch(_path(tenant, f"/plans/{plan['id']}"), {"features": {"api_access": True}}))
    ok(api.post("/api-keys", body), 201)


def test_use_is_read_from_counters(app, tenant, api, operator):
    job = ok(api.post("/jobs", job_body()), 201)
    ok(api.post("/jobs", job_body()), 201)
    ok(api.delete(f"/jobs/{job['id']}"), 204)
    make_candidate(tenant)
    usage = ok(api.get("/tenant/usage"))
    assert usage["users"] == {"used": 4, "limit": 100} and usage["candidates"] == {"used": 1, "limit": 5000}
    assert usage["jobs"] == {"used": 1, "limit": None} and usage["plan"] == "PROFESSIONAL"
    assert ok(operator.get(_path(tenant, "/usage"))) == usage
    assert ok(operator.get(_path(tenant, "")))["jobs"] == 1


def test_calls_of_the_api_are_counted_by_month(app, tenant, api):
    with app.app_context():
        tenant_api_use_service.flush()  # what tests before this one have called
    for _ in range(3):
        ok(api.get("/auth/me"))
    assert refused(api.get("/candidates/1"), 404) == "not_found", "no endpoint, no call"
    with app.app_context():
        for _ in range(2):
            tenant_api_use_service.flush()
    assert ok(api.get("/tenant/usage"))["api_calls"] == {"used": 3, "limit": None}
    with app.app_context():
        tenant_api_use_service.flush()
    assert ok(api.get("/tenant/usage"))["api_calls"]["used"] == 4
    with time_machine.travel(clock.now() + timedelta(days=32), tick=False), tenant.bound():
        assert tenant_api_use_service.this_month() == 0


@pytest.mark.postgresql
def test_row_security_hides_custom_plans_of_others(app, tenant, operator):
    other = make_tenant(app)
    _custom(operator, tenant)
    codes = sa.text("select code from subscription_plans")
    with other.bound():
        assert PLAN["code"] not in db.session.scalars(codes).all()
    with tenant.bound():
        assert PLAN["code"] in db.session.scalars(codes).all()
        found = db.session.scalars(sa.select(SubscriptionPlan).where(SubscriptionPlan.code == PLAN["code"])).one()
        assert found.for_tenant_id == tenant.id
