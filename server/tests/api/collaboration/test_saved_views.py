"""Saved views: filters, sort order and columns of every list, checked when they are saved."""

from __future__ import annotations

from urllib.parse import urlsplit

import pytest

from app.models.saved_view import ViewedList
from tests.factories.application import make_application
from tests.factories.client import ok, refused

VIEW = {
    "resource": "applications",
    "name": "Waiting for longest",
    "query": {"status": ["active", "rejected"], "sort": "stage_entered_at", "applied_at[gte]": "2026-01-01T00:00:00Z"},
    "columns": ["candidate_name", "stage_name", "custom_fields.shift", "job.title"],
}


def test_a_view_is_the_url_of_its_list(tenant, api):
    application = make_application(tenant)
    view = ok(api.post("/saved-views", VIEW), 201)
    assert view["query"] == VIEW["query"] and view["columns"] == VIEW["columns"]
    url = urlsplit(view["url"])
    rows = ok(api.get(url.path.removeprefix("/api/v1") + "?" + url.query))["data"]
    assert [row["id"] for row in rows] == [str(application)]
    assert ok(api.get(f"/saved-views/{view['id']}")) == view


@pytest.mark.parametrize("resource", ViewedList)
def test_every_list_can_have_views(api, resource):
    body = {"resource": resource, "name": "All", "query": {"sort": "-created_at"}, "columns": ["id"]}
    view = ok(api.post("/saved-views", body), 201)
    url = urlsplit(view["url"])
    ok(api.get(url.path.removeprefix("/api/v1") + "?" + url.query))
    assert [row["id"] for row in ok(api.get("/saved-views", query_string={"resource": resource}))["data"]] == [
        view["id"]
    ]


@pytest.mark.parametrize(
    ("change", "pointer"),
    [
        ({"query": {"statuss": "active"}}, "/query/statuss"),
        ({"query": {"status": "gone"}}, "/query/status/0"),
        ({"query": {"sort": "candidate_name"}}, "/query/sort"),
        ({"query": {"cursor": "abc"}}, "/query/cursor"),
        ({"query": {"limit": 5}}, "/query/limit"),
        ({"columns": ["candidate_name", "salary"]}, "/columns/1"),
        ({"columns": ["job.salary"]}, "/columns/0"),
        ({"columns": ["id", "id"]}, "/columns/1"),
        ({"query": {"source": ["A,B"]}}, "/query/source/0"),
    ],
)
def test_a_view_that_its_list_does_not_know_is_refused(api, change, pointer):
    answer = api.post("/saved-views", {**VIEW, **change})
    assert refused(answer, 422) == "bad_view"
    assert [error["pointer"] for error in answer.get_json()["errors"]] == [pointer]
    view = ok(api.post("/saved-views", VIEW), 201)
    assert refused(api.patch(f"/saved-views/{view['id']}", change), 422) == "bad_view"


def test_shared_views_are_read_by_all_and_changed_by_their_owner(tenant):
    owner, colleague = tenant.api("RECRUITER"), tenant.api("MANAGER")
    view = ok(owner.post("/saved-views", VIEW), 201)
    path = f"/saved-views/{view['id']}"
    assert refused(colleague.get(path), 404) == "not_found"
    assert ok(colleague.get("/saved-views"))["data"] == []
    ok(owner.patch(path, {"is_shared": True, "columns": []}))
    assert ok(colleague.get(path))["columns"] == [] and len(ok(colleague.get("/saved-views"))["data"]) == 1
    assert refused(colleague.patch(path, {"name": "Mine now"}), 403) == "not_the_owner"
    assert refused(colleague.delete(path), 403) == "not_the_owner"
    assert refused(owner.post("/saved-views", VIEW), 409)
    ok(owner.delete(path), 204)
    assert refused(owner.get(path), 404) == "not_found"
