"""API keys: shown once, kept as digests, no wider than their maker, ended at once."""

from __future__ import annotations

from datetime import timedelta

import pytest
import time_machine

from app.utils import clock
from tests.factories.application import make_application
from tests.factories.candidate import candidate_body, make_candidate
from tests.factories.careers import make_posting
from tests.factories.client import Api, ok, refused
from tests.factories.interview import make_interview
from tests.factories.job import make_job
from tests.factories.offer import make_offer
from tests.factories.platform import make_platform_admin

READER = ["candidates.view_all", "jobs.read", "applications.read"]


@pytest.fixture
def make(tenant):
    def make(permissions=READER, role="TENANT_ADMIN", **body):
        number = len(ok(tenant.api().get("/api-keys"))["data"])
        body = {"name": f"Key {number}", "permissions": permissions, **body}
        made = ok(tenant.api(role).post("/api-keys", body), 201)
        return made, Api(tenant.app, made["secret"])

    return make


def test_a_key_may_what_its_permissions_say(tenant, make):
    candidate = make_candidate(tenant)
    made, api = make()
    assert ok(api.get(f"/candidates/{candidate}"))["id"] == str(candidate)
    assert api.post("/candidates", candidate_body()).get_json()["code"] == "permission_missing"
    assert made["secret"].startswith("flk_") and made["secret"].endswith(made["hint"])
    shown = ok(tenant.api().get(f"/api-keys/{made['id']}"))
    assert "secret" not in shown and "digest" not in shown and shown["last_used_at"]


def test_a_key_is_an_actor_of_its_own(tenant, make):
    made, api = make(["candidates.create"])
    candidate = ok(api.post("/candidates", candidate_body()), 201)
    event = ok(tenant.api().get("/audit", query_string={"subject_id": candidate["id"]}))["data"][0]
    assert (event["actor_kind"], event["actor_id"]) == ("api_key", made["id"])


def test_a_key_is_no_person(make):
    _, api = make()
    for method, path in (("GET", "/auth/me"), ("GET", "/auth/sessions"), ("POST", "/auth/logout")):
        assert api.call(method, path).get_json()["code"] == "users_only", path
    ok(api.get("/meta/permissions"))


def test_nobody_makes_a_key_that_may_more(tenant):
    role = ok(tenant.api().post("/roles", {"name": "KEYS", "permissions": ["api_keys.create"]}), 201)
    ok(tenant.api().put(f"/users/{tenant.users['RECRUITER']}/roles", {"role_ids": [role["id"]]}))
    api = tenant.api("RECRUITER")
    for permissions in (["candidates.delete"], ["candidates.view_all"]):
        answer = api.post("/api-keys", {"name": "Wide", "permissions": permissions})
        assert answer.get_json()["code"] == "permission_not_held"
    other_team = {
        "name": "Team",
        "permissions": ["candidates.view_assigned"],
        "team_ids": [str(tenant.users["MANAGER"])],
    }
    assert api.post("/api-keys", other_team).get_json()["code"] == "not_visible"
    own_team = {**other_team, "team_ids": [str(tenant.users["TEAM_LEAD"])]}
    ok(api.post("/api-keys", own_team), 201)


def test_a_key_of_a_team_that_is_not_visible_is_not_rotated(tenant):
    """The answer contains a secret that works."""
    body = {
        "name": "Managers",
        "permissions": ["candidates.view_assigned"],
        "team_ids": [str(tenant.users["MANAGER"])],
    }
    key = ok(tenant.api().post("/api-keys", body), 201)["id"]
    role = ok(tenant.api().post("/roles", {"name": "KEYS", "permissions": ["api_keys.update"]}), 201)
    ok(tenant.api().put(f"/users/{tenant.users['RECRUITER']}/roles", {"role_ids": [role["id"]]}))
    rotation = {"overlap_hours": 1}
    assert refused(tenant.api("RECRUITER").post(f"/api-keys/{key}/rotation", rotation), 403) == "not_visible"
    ok(tenant.api().post(f"/api-keys/{key}/rotation", rotation))


def test_keys_do_not_manage_people_or_keys(tenant, api):
    for name in ("api_keys.create", "users.update", "roles.create"):
        assert refused(api.post("/api-keys", {"name": "K", "permissions": [name]}), 422) == "validation_failed"
    ok(api.post("/api-keys", {"name": "K", "permissions": ["users.read"]}), 201)


def test_a_wrong_key_is_refused(tenant, make, world):
    secret = make()[0]["secret"]
    flipped = secret[:-1] + ("A" if secret[-1] != "A" else "B")
    for token in (flipped, secret[:-2], secret + "AA", "flk_", "flk_ä", "flk_" + "A" * 107, secret.replace("flk_", "")):
        response = Api(tenant.app, token).get("/jobs")
        assert (
            refused(response, 401) in {"invalid_token", "unauthenticated", "invalid_api_key"}
            and "Bearer" in response.headers["WWW-Authenticate"]
        ), token


def test_an_expired_or_revoked_key_is_out(tenant, make):
    made, api = make(expires_in_days=1)
    ok(api.get("/jobs"))
    with time_machine.travel(clock.now() + timedelta(days=1, minutes=1), tick=False):
        assert api.get("/jobs").get_json()["code"] == "invalid_api_key"
    made, api = make()
    ok(api.get("/jobs"))
    ok(tenant.api().delete(f"/api-keys/{made['id']}"), 204)
    assert refused(api.get("/jobs"), 401) == "invalid_api_key"
    assert refused(tenant.api().delete(f"/api-keys/{made['id']}"), 409) == "api_key_revoked"
    listed = ok(tenant.api().get("/api-keys", query_string={"revoked": "true"}))["data"]
    assert [key["id"] for key in listed] == [made["id"]]


def test_rotation_overlaps_as_long_as_was_said(tenant, make):
    made, old = make()
    rotated = ok(tenant.api().post(f"/api-keys/{made['id']}/rotation", {"overlap_hours": 2}))
    new = Api(tenant.app, rotated["secret"])
    assert rotated["secret"] != made["secret"] and rotated["id"] == made["id"]
    ok(old.get("/jobs")), ok(new.get("/jobs"))
    with time_machine.travel(clock.now() + timedelta(hours=3), tick=False):
        assert refused(old.get("/jobs"), 401) == "invalid_api_key"
    at_once = ok(tenant.api().post(f"/api-keys/{made['id']}/rotation", {"overlap_hours": 0}))
    assert [api.get("/jobs").status_code for api in (old, new)] == [401, 401]
    ok(Api(tenant.app, at_once["secret"]).get("/jobs"))


def test_fewer_permissions_count_from_the_next_request(tenant, make):
    made, api = make()
    ok(api.get("/jobs"))
    ok(tenant.api().patch(f"/api-keys/{made['id']}", {"permissions": ["candidates.view_all"]}))
    assert refused(api.get("/jobs"), 403) == "permission_missing"


def test_a_key_narrowed_to_jobs_sees_these_and_their_people(tenant, make):
    ours, theirs = make_job(tenant, title="Ours"), make_job(tenant, title="Theirs")
    seen, hidden = make_application(tenant, job_id=ours), make_application(tenant, job_id=theirs)
    _, api = make(job_ids=[str(ours)])
    assert [job["title"] for job in ok(api.get("/jobs"))["data"]] == ["Ours"]
    assert [row["id"] for row in ok(api.get("/applications"))["data"]] == [str(seen)]
    assert len(ok(api.get("/candidates"))["data"]) == 1
    assert [api.get(path).status_code for path in (f"/jobs/{theirs}", f"/applications/{hidden}")] == [404, 404]


def test_a_key_narrowed_to_jobs_sees_no_offer_interview_or_posting_of_others(tenant, make):
    """Also of one candidate who is in both."""
    ours, theirs, candidate = make_job(tenant), make_job(tenant), make_candidate(tenant)
    own, other = (make_application(tenant, candidate, job) for job in (ours, theirs))
    offer, secret = make_offer(tenant, own), make_offer(tenant, other)
    interview, hidden = make_interview(tenant, own, "MANAGER"), make_interview(tenant, other, "TEAM_LEAD")
    posting = make_posting(tenant, theirs)
    rights = [*READER, "offers.read", "offers.send", "interviews.read", "interview_scorecards.read"]
    _, api = make(rights, job_ids=[str(ours)])
    assert [row["id"] for row in ok(api.get("/offers"))["data"]] == [str(offer)]
    assert [row["id"] for row in ok(api.get("/interviews"))["data"]] == [str(interview)]
    reason = {"reason": "It is decided."}
    assert refused(api.post(f"/offers/{secret}/rescind", reason), 404) == "not_found"
    for path in (
        f"/offers/{secret}",
        f"/interviews/{hidden}",
        f"/interviews/{hidden}/scorecards",
        f"/job-postings/{posting}",
    ):
        assert refused(api.get(path), 404) == "not_found", path


def test_a_key_narrowed_to_a_team_sees_its_candidates(tenant, make):
    mine = make_candidate(tenant, owner_id=tenant.users["RECRUITER"])
    make_candidate(tenant, owner_id=tenant.users["MANAGER"])
    _, api = make([*READER, "candidates.create"], team_ids=[str(tenant.users["TEAM_LEAD"])])
    assert [row["id"] for row in ok(api.get("/candidates"))["data"]] == [str(mine)]
    assert api.post("/candidates", candidate_body()).get_json()["code"] == "not_visible"
    ok(api.post("/candidates", candidate_body(owner_id=str(tenant.users["RECRUITER"]))), 201)


def test_a_plan_without_api_access_has_no_keys(app, tenant, make):
    _, api = make()
    ok(api.get("/jobs"))
    operator = make_platform_admin(app)
    ok(operator.api.put(f"/platform/tenants/{tenant.id}/plan", {"plan": "FREE"}))
    answer = api.get("/jobs")
    assert (answer.status_code, answer.get_json()["code"]) == (402, "feature_missing")
    body = {"name": "Another", "permissions": ["jobs.read"]}
    assert tenant.api().post("/api-keys", body).get_json()["feature"] == "api_access"


def test_a_suspended_tenant_has_no_keys(app, tenant, make):
    _, api = make()
    ok(api.get("/jobs"))
    operator = make_platform_admin(app)
    reason = {"reason": "The invoice of August is still open."}
    ok(operator.api.post(f"/platform/tenants/{tenant.id}/suspend", reason))
    assert refused(api.get("/jobs"), 401) == "invalid_api_key"


def test_unknown_jobs_and_users_are_refused(tenant, api, world):
    for field in ("job_ids", "team_ids"):
        name = "job_id" if field == "job_ids" else "user_id"
        body = {"name": "K", "permissions": ["jobs.read"], field: [str(world.foreign.ids[name])]}
        assert api.post("/api-keys", body).get_json()["code"] == "reference_missing"


def test_a_key_narrowed_to_jobs_sees_no_events_of_others(tenant, api, make):
    ours, theirs = make_job(tenant), make_job(tenant)
    candidate = make_candidate(tenant)
    here, elsewhere = make_application(tenant, candidate, ours), make_application(tenant, candidate, theirs)
    ok(api.post(f"/jobs/{theirs}/marks", {"candidate_ids": [str(candidate)], "mark": "shortlisted"}))
    ok(api.post("/notes", {"application_id": str(elsewhere), "body": "Hm."}), 201)
    _, key = make(["candidates.view_all", "events.read"], job_ids=[str(ours)])
    seen = ok(key.get("/events?after=0&limit=200"))["data"]
    assert str(here) in {event["subject_id"] for event in seen}
    assert {str(elsewhere), str(theirs)}.isdisjoint({event["subject_id"] for event in seen})
    assert {"candidate_mark.set", "note.created"}.isdisjoint({event["type"] for event in seen})
