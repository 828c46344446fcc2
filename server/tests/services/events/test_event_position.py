"""The position of the feed, from which a client begins to wait."""

from __future__ import annotations

from tests.factories.candidate import make_candidate
from tests.factories.client import Api, ok, refused


def test_a_client_begins_where_the_feed_is(tenant, api):
    make_candidate(tenant)
    seq = ok(api.get("/events/position"))["seq"]
    assert ok(api.get("/events", query_string={"after": seq}))["data"] == []
    candidate = make_candidate(tenant)
    events = ok(api.get("/events", query_string={"after": seq}))["data"]
    assert {event["subject_id"] for event in events} >= {str(candidate)}
    assert ok(api.get("/events/position"))["seq"] > seq
    made = api.post("/api-keys", {"name": "K", "permissions": ["jobs.read"]})
    assert refused(_key(tenant, made).get("/events/position"), 403) == "permission_missing"


def _key(tenant, made):
    return Api(tenant.app, ok(made, 201)["secret"])
