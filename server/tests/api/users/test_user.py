"""Users: rank, managers, the last administrator."""

from __future__ import annotations

import pytest

from app.extensions import db
from app.models import User
from app.services.access import role_service
from app.services.core.transaction import use_case
from tests.factories.client import ok, refused
from tests.factories.tenant import PASSWORD, make_tenant


def _body(tenant, **values):
    return {
        "email": "new@people.example",
        "name": "New",
        "role": "RECRUITER",
        "manager_id": str(tenant.users["MANAGER"]),
        "password": PASSWORD,
    } | values


def test_a_user_is_added_and_can_sign_in(tenant, api):
    user = ok(api.post("/users", _body(tenant)), 201)
    assert user["role"] == "RECRUITER" and "password" not in str(user)
    assert ok(api.get("/users?role=RECRUITER&sort=name"))["data"][0]["id"] == user["id"]
    assert ok(api.get("/tenant/usage"))["users"]["used"] == 5


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"manager_id": None}, "manager_missing"),
        ({"role": "TEAM_LEAD", "manager_id": None}, "manager_missing"),
        ({"role": "MANAGER"}, "manager_rank"),
        ({"email": "used"}, "duplicate"),
    ],
)
def test_a_user_must_fit_in(tenant, api, change, code):
    if change.get("email"):
        change = {"email": tenant.email("MANAGER")}
    response = api.post("/users", _body(tenant, **change))
    assert response.get_json()["code"] == code


def test_nobody_raises_anyone_above_themselves(tenant):
    manager = tenant.api("MANAGER")
    assert manager.post("/users", _body(tenant, role="TENANT_ADMIN", manager_id=None)).get_json()["code"] == "outranked"
    own = manager.patch(f"/users/{tenant.users['MANAGER']}", {"role": "TENANT_ADMIN"})
    assert own.get_json()["code"] == "outranked"
    assert (
        manager.patch(f"/users/{tenant.users['TENANT_ADMIN']}", {"status": "suspended"}).get_json()["code"]
        == "outranked"
    )


def test_managers_make_no_circle(tenant, api):
    response = api.patch(f"/users/{tenant.users['MANAGER']}", {"manager_id": str(tenant.users["MANAGER"])})
    assert refused(response, 422) == "manager_rank"


def test_a_chain_of_managers_is_ten_deep_at_most(tenant, api):
    with tenant.bound():
        above = None
        role = role_service.by_name("TENANT_ADMIN").id
        for level in range(11):
            user = User(email=f"deep{level}@people.example", name="Deep", role_id=role, manager_id=above)
            above = _keep(user)
    answer = api.patch(f"/users/{tenant.users['MANAGER']}", {"manager_id": str(above)})
    assert (answer.status_code, answer.get_json()["code"]) == (422, "manager_cycle")


@use_case
def _keep(user: User):
    db.session.add(user)
    db.session.flush()
    return user.id


def test_the_last_administrator_stays(tenant, api):
    admin = tenant.users["TENANT_ADMIN"]
    for change in ({"status": "suspended"}, {"role": "MANAGER"}):
        assert api.patch(f"/users/{admin}", change).get_json()["code"] == "last_administrator"
    assert api.delete(f"/users/{admin}").get_json()["code"] == "self_delete"


def test_a_user_is_removed_and_is_out_at_once(tenant, api):
    recruiter = tenant.api("RECRUITER")
    ok(recruiter.get("/auth/me"))
    ok(api.delete(f"/users/{tenant.users['RECRUITER']}"), 204)
    assert refused(recruiter.get("/auth/me"), 401) == "session_ended"
    assert ok(api.get("/tenant/usage"))["users"]["used"] == 3


def test_a_user_who_manages_someone_stays(tenant, api):
    response = api.delete(f"/users/{tenant.users['TEAM_LEAD']}")
    assert (response.status_code, response.get_json()["code"]) == (409, "still_referred_to")
    demoted = api.patch(
        f"/users/{tenant.users['MANAGER']}", {"role": "TEAM_LEAD", "manager_id": str(tenant.users["TENANT_ADMIN"])}
    )
    assert demoted.get_json()["code"] == "does_not_outrank"


def test_status_and_name_cannot_be_null(tenant, api):
    assert refused(api.patch(f"/users/{tenant.users['RECRUITER']}", {"status": None}), 422) == "validation_failed"


def test_the_plan_limits_users(app):
    tenant = make_tenant(app, plan="FREE")
    api = tenant.api()
    ok(api.post("/users", _body(tenant)), 201)
    response = api.post("/users", _body(tenant, email="sixth@people.example"))
    assert (response.status_code, response.get_json()["resource"]) == (402, "users")
