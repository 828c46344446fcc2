"""The answer to `may they?` agrees with what the endpoints do, and names the role."""

from __future__ import annotations

import pytest

from app.models.permission import PERMISSIONS
from app.models.system_role import SYSTEM_ROLES
from tests.factories.candidate import make_candidate
from tests.factories.client import ok


def ask(api, action, status=200, **query):
    return ok(api.get("/authz/explain", query_string={"action": action, **query}), status)


@pytest.mark.parametrize("role", list(SYSTEM_ROLES))
def test_the_answer_is_the_policy(tenant, role):
    api = tenant.api(role)
    for action in PERMISSIONS:
        answer = ask(api, action)
        assert answer["allowed"] is (action in SYSTEM_ROLES[role][1])
        assert answer["roles"] == ([role] if answer["allowed"] else [])


def test_a_custom_role_is_named(tenant, api):
    role = ok(api.post("/roles", {"name": "CLEANER", "permissions": ["candidates.delete"]}), 201)
    ok(api.call("PUT", f"/users/{tenant.users['RECRUITER']}/roles", json={"role_ids": [role["id"]]}))
    answer = ask(api, "candidates.delete", user_id=tenant.users["RECRUITER"])
    assert (answer["allowed"], answer["rule"], answer["roles"]) == (True, "granted", ["CLEANER"])


def test_the_first_rule_that_refuses_is_told(tenant, api):
    recruiter = tenant.users["RECRUITER"]
    assert ask(api, "users.delete", user_id=recruiter)["rule"] == "not_granted"
    ok(api.patch(f"/users/{recruiter}", {"status": "suspended"}))
    assert ask(api, "jobs.read", user_id=recruiter)["rule"] == "user_inactive"


def test_a_subject_must_be_there(tenant, api, world):
    mine, theirs = make_candidate(tenant), world.foreign.ids["candidate_id"]
    assert ask(api, "candidates.update", subject=f"candidates:{mine}")["allowed"]
    assert ask(api, "candidates.update", subject=f"candidates:{theirs}")["rule"] == "subject_missing"
    for subject in (f"planets:{mine}", "candidates:" + "-" * 36, "candidates"):
        ask(api, "candidates.update", 400, subject=subject)


def test_a_question_must_make_sense(api, world):
    ask(api, "world.rule", 400)
    ask(api, "jobs.read", 404, user_id=world.foreign.ids["user_id"])
