"""Roles: the system's are fixed, the tenant's own give what their author holds, from the next request on."""

from __future__ import annotations

import pytest

from tests.factories.candidate import candidate_body
from tests.factories.client import ok, refused

SOURCER = {"name": "SOURCER", "description": "Finds people", "permissions": ["candidates.delete", "candidates.create"]}


@pytest.fixture
def role(api):
    return ok(api.post("/roles", SOURCER), 201)


def give(api, tenant, who, *roles):
    return api.call("PUT", f"/users/{tenant.users[who]}/roles", json={"role_ids": [role["id"] for role in roles]})


def test_a_custom_role_is_added_changed_and_deleted(api, role):
    assert role["permissions"] == ["candidates.create", "candidates.delete"] and not role["is_system"]
    tag = api.get(f"/roles/{role['id']}").headers["ETag"]
    changed = api.patch(f"/roles/{role['id']}", {"permissions": ["jobs.read"]}, headers={"If-Match": tag})
    assert ok(changed)["permissions"] == ["jobs.read"] and changed.headers["ETag"] != tag
    assert (
        refused(api.patch(f"/roles/{role['id']}", {"name": "X1"}, headers={"If-Match": tag}), 412) == "version_mismatch"
    )
    assert api.delete(f"/roles/{role['id']}").status_code == 204
    assert refused(api.get(f"/roles/{role['id']}"), 404) == "not_found"


@pytest.mark.parametrize(
    "change",
    [{"name": "sourcer"}, {"name": "9A"}, {"permissions": []}, {"permissions": ["rule.world"]}, {"level": 1}],
)
def test_a_role_must_be_well_formed(api, change):
    assert refused(api.post("/roles", SOURCER | change), 422) == "validation_failed"


def test_a_name_is_taken_once(api, role):
    assert api.post("/roles", SOURCER).get_json()["code"] == "duplicate"
    assert api.post("/roles", SOURCER | {"name": "RECRUITER"}).get_json()["code"] == "duplicate"


def test_system_roles_are_immutable(api):
    for system in ok(api.get("/roles"))["data"]:
        path = f"/roles/{system['id']}"
        assert api.patch(path, {"description": "Mine"}).get_json()["code"] == "system_role"
        assert api.delete(path).get_json()["code"] == "system_role"


def test_a_user_may_what_any_of_the_roles_allows_at_once(tenant, api, role):
    recruiter = tenant.api("RECRUITER")
    candidate = ok(recruiter.post("/candidates", candidate_body()), 201)["id"]
    assert refused(recruiter.delete(f"/candidates/{candidate}"), 403) == "permission_missing"
    assert ok(give(api, tenant, "RECRUITER", role))["custom_roles"] == ["SOURCER"]
    assert "candidates.delete" in ok(recruiter.get("/auth/me"))["permissions"]
    assert recruiter.delete(f"/candidates/{candidate}").status_code == 204
    other = ok(recruiter.post("/candidates", candidate_body()), 201)["id"]
    ok(api.patch(f"/roles/{role['id']}", {"permissions": ["jobs.read"]}))
    assert refused(recruiter.delete(f"/candidates/{other}"), 403) == "permission_missing"


def test_a_role_in_use_stays(tenant, api, role):
    ok(give(api, tenant, "RECRUITER", role))
    assert api.delete(f"/roles/{role['id']}").get_json()["code"] == "role_in_use"
    assert ok(give(api, tenant, "RECRUITER"))["custom_roles"] == []
    assert api.delete(f"/roles/{role['id']}").status_code == 204


def test_a_user_who_goes_leaves_the_role_free(tenant, api, role):
    ok(give(api, tenant, "RECRUITER", role))
    assert api.delete(f"/users/{tenant.users['RECRUITER']}").status_code == 204
    assert api.delete(f"/roles/{role['id']}").status_code == 204


def test_nobody_gives_or_takes_what_they_do_not_hold(tenant, api, role):
    manager = tenant.api("MANAGER")
    beyond = ok(api.post("/roles", SOURCER | {"name": "AUDITOR", "permissions": ["users.delete"]}), 201)
    assert ok(give(manager, tenant, "RECRUITER", role))["custom_roles"] == ["SOURCER"]
    assert give(manager, tenant, "RECRUITER", beyond).get_json()["code"] == "permission_not_held"
    ok(give(api, tenant, "RECRUITER", beyond))
    assert give(manager, tenant, "RECRUITER").get_json()["code"] == "permission_not_held"
    assert give(manager, tenant, "TENANT_ADMIN").get_json()["code"] == "outranked"


def test_a_custom_role_may_edit_roles_only_within_what_it_holds(tenant, api):
    editor = ok(api.post("/roles", SOURCER | {"name": "EDITOR", "permissions": ["roles.create", "roles.update"]}), 201)
    ok(give(api, tenant, "RECRUITER", editor))
    recruiter = tenant.api("RECRUITER")
    assert recruiter.post("/roles", SOURCER).get_json()["code"] == "permission_not_held"
    assert (
        recruiter.patch(f"/roles/{editor['id']}", {"permissions": ["users.delete"]}).get_json()["code"]
        == "permission_not_held"
    )
    ok(recruiter.post("/roles", SOURCER | {"permissions": ["candidates.create"]}), 201)


def test_a_system_role_is_not_given_twice(tenant, api):
    admin = next(role for role in ok(api.get("/roles"))["data"] if role["name"] == "TENANT_ADMIN")
    assert give(api, tenant, "RECRUITER", admin).get_json()["code"] == "system_role"


def test_changes_of_roles_stand_in_the_ledger(tenant, api, role):
    ok(give(api, tenant, "RECRUITER", role))
    types = [event["type"] for event in ok(api.get("/audit"))["data"]]
    assert types[:2] == ["user.roles_changed", "role.created"]
