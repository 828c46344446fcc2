"""What clients keep for a user, and the tree of users."""

from __future__ import annotations

import json

from tests.factories.client import ok, refused


def test_preferences_are_the_users_own_and_versioned(tenant):
    api = tenant.api()
    assert ok(api.get("/auth/preferences")) == {"preferences": {}, "version": 1}
    kept = {"theme": "dark", "columns": ["name", None, 1.5], "deep": {"a": {"b": True}}}
    stored = api.put("/auth/preferences", {"preferences": kept}, headers={"If-Match": '"1"'})
    assert ok(stored) == {"preferences": kept, "version": 2} and stored.headers["ETag"] == '"2"'
    assert refused(api.put("/auth/preferences", {"preferences": {}}, headers={"If-Match": '"1"'}), 412)
    assert ok(api.get("/auth/preferences"))["preferences"] == kept
    assert ok(tenant.api("RECRUITER").get("/auth/preferences"))["preferences"] == {}
    assert ok(api.get("/auth/me"))["version"] == 1, "they are no part of the account"


def test_preferences_are_an_object_of_16_kilobytes(tenant):
    api = tenant.api()
    fits = {"x": "a" * (16 * 1024 - len('{"x":""}'))}
    assert ok(api.put("/auth/preferences", {"preferences": fits}))["preferences"] == fits
    deep = {}
    for _ in range(400):
        deep = {"a": deep}
    for bad in ({"x": fits["x"] + "a"}, [], "text", None, deep, {"a": "NUL \0"}, {"\0": 1}):
        body = json.dumps({"preferences": bad})  # deeper than the client's own JSON goes
        answer = api.call("PUT", "/auth/preferences", data=body, content_type="application/json")
        assert refused(answer, 422) == "validation_failed"


def test_the_tree_shows_who_manages_whom(tenant):
    (top,) = ok(tenant.api().get("/users/tree"))["data"]
    chain = []
    while True:
        chain.append(top["role"])
        if not top["reports"]:
            break
        (top,) = top["reports"]
    assert chain == ["TENANT_ADMIN", "MANAGER", "TEAM_LEAD", "RECRUITER"]
