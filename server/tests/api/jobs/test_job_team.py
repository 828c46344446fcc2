"""The hiring team of a job."""

from __future__ import annotations

from tests.factories.client import ok, refused
from tests.factories.job import make_job


def _team(api, job):
    return [(each["user_id"], each["role"]) for each in ok(api.get(f"/jobs/{job}/team"))["data"]]


def test_a_member_has_one_role_which_may_change(tenant, api):
    job, recruiter, lead = make_job(tenant), str(tenant.users["RECRUITER"]), str(tenant.users["TEAM_LEAD"])
    for _ in range(2):
        ok(api.put(f"/jobs/{job}/team/{recruiter}", {"role": "sourcer"}), 204)
    ok(api.put(f"/jobs/{job}/team/{lead}", {"role": "hiring_manager"}), 204)
    ok(api.put(f"/jobs/{job}/team/{recruiter}", {"role": "recruiter"}), 204)
    assert sorted(_team(api, job)) == sorted([(recruiter, "recruiter"), (lead, "hiring_manager")])
    for _ in range(2):
        ok(api.delete(f"/jobs/{job}/team/{recruiter}"), 204)
    assert _team(api, job) == [(lead, "hiring_manager")]
    events = [each for each in ok(api.get("/events?limit=200"))["data"] if each["type"] == "job.team_changed"]
    assert [each["data"]["role"] for each in events] == ["sourcer", "hiring_manager", "recruiter", None]


def test_only_active_users_join_and_only_known_roles_count(tenant, api):
    job, user = make_job(tenant), tenant.users["RECRUITER"]
    assert refused(api.put(f"/jobs/{job}/team/{user}", {"role": "spectator"}), 422) == "validation_failed"
    ok(api.patch(f"/users/{user}", {"status": "suspended"}))
    assert api.put(f"/jobs/{job}/team/{user}", {"role": "sourcer"}).get_json()["code"] == "user_not_active"


def test_who_only_reads_jobs_does_not_change_their_teams(tenant):
    job, recruiter = make_job(tenant), tenant.api("RECRUITER")
    assert _team(recruiter, job) == []
    assert (
        refused(recruiter.put(f"/jobs/{job}/team/{tenant.users['RECRUITER']}", {"role": "sourcer"}), 403)
        == "permission_missing"
    )
