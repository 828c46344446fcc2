"""Approvals: groups in order, quorum, delegation, skipping and force; and what they do to jobs."""

from __future__ import annotations

import pytest

from tests.factories.approval import group_of, make_chain
from tests.factories.client import ok, refused
from tests.factories.department import make_department
from tests.factories.job import make_job
from tests.factories.offer import make_offer

REASON = {"reason": "The budget is spent."}
LEAD, MANAGER, RECRUITER = "TEAM_LEAD", "MANAGER", "RECRUITER"


def _submitted(tenant, **values) -> tuple[str, str]:
    """A submitted job and its approval."""
    api, job = tenant.api(), make_job(tenant, opened=False, **values)
    assert ok(api.post(f"/jobs/{job}/submit", {}))["status"] == "pending_approval"
    (approval,) = ok(api.get("/approvals", query_string={"job_id": str(job), "status": "pending"}))["data"]
    return str(job), f"/approvals/{approval['id']}"


def _status(tenant, job: str) -> str:
    return ok(tenant.api().get(f"/jobs/{job}"))["status"]


def _waiting(tenant, role: str) -> int:
    return len(ok(tenant.api(role).get("/approvals?waits_for_me=true"))["data"])


def test_groups_are_asked_in_order_each_until_its_quorum(tenant):
    make_chain(tenant, group_of(tenant, LEAD, RECRUITER, MANAGER, quorum=2), group_of(tenant, MANAGER))
    job, approval = _submitted(tenant)
    assert tenant.api().post(f"{approval}/approve", {}).get_json()["code"] == "not_asked"
    assert [_waiting(tenant, role) for role in (LEAD, MANAGER, RECRUITER)] == [1, 1, 1]
    ok(tenant.api(LEAD).post(f"{approval}/approve", {}))
    assert tenant.api(LEAD).post(f"{approval}/approve", {}).get_json()["code"] == "not_asked"
    second = ok(tenant.api(RECRUITER).post(f"{approval}/approve", {}))
    assert (second["group_number"], second["status"], _status(tenant, job)) == (2, "pending", "pending_approval")
    assert [_waiting(tenant, role) for role in (LEAD, MANAGER, RECRUITER)] == [0, 1, 0]
    done = ok(tenant.api(MANAGER).post(f"{approval}/approve", {"reason": "Needed by May."}))
    assert (done["status"], _status(tenant, job)) == ("approved", "open")
    assert [each["status"] for each in done["seats"]].count("pending") == 1, "one of the first group never answered"
    tenant.run_jobs()
    told = [each["template"] for each in ok(tenant.api().get("/email-messages"))["data"]]
    assert told.count("approval_asked") == 4 and told.count("approval_decided") == 1


def test_one_no_settles_it_and_the_job_is_revised(tenant, api):
    make_chain(tenant, group_of(tenant, LEAD, MANAGER, quorum=2))
    job, approval = _submitted(tenant)
    assert tenant.api(LEAD).post(f"{approval}/reject", {}).get_json()["code"] == "reason_missing"
    rejected = ok(tenant.api(LEAD).post(f"{approval}/reject", REASON))
    assert (rejected["status"], rejected["status_reason"]) == ("rejected", REASON["reason"])
    assert [each["status"] for each in rejected["seats"]] == ["rejected", "pending"]
    assert _status(tenant, job) == "denied"
    assert tenant.api(MANAGER).post(f"{approval}/approve", {}).get_json()["code"] == "illegal_transition"
    assert ok(api.post(f"/jobs/{job}/revise", {}))["status"] == "draft"
    ok(api.post(f"/jobs/{job}/submit", {}))
    assert [each["status"] for each in ok(api.get(f"/approvals?job_id={job}"))["data"]] == ["pending", "rejected"]


def test_a_job_that_needs_an_approval_is_not_opened_without(tenant, api):
    engineering = make_department(tenant)
    make_chain(tenant, group_of(tenant, LEAD), department_id=engineering)
    job = make_job(tenant, opened=False, department_id=str(engineering))
    assert api.post(f"/jobs/{job}/open", {}).get_json()["code"] == "approval_needed"
    ok(api.post(f"/jobs/{make_job(tenant, opened=False)}/open", {}))
    ok(api.post(f"/jobs/{job}/submit", {}))
    for change in ({"openings": 5}, {"title": "Director"}):
        assert api.patch(f"/jobs/{job}", change).get_json()["code"] == "approval_pending"
    ok(api.patch(f"/jobs/{job}", {"description": "Told better."}))
    ok(api.post(f"/jobs/{job}/revise", {}))
    assert ok(api.get(f"/approvals?job_id={job}"))["data"][0]["status"] == "cancelled"
    assert _waiting(tenant, LEAD) == 0


def test_who_is_away_delegates_or_is_skipped(tenant, api):
    make_chain(tenant, group_of(tenant, LEAD, MANAGER, quorum=2))
    job, approval = _submitted(tenant)
    to = {"user_id": str(tenant.users[RECRUITER])}
    assert (
        refused(tenant.api(LEAD).post(f"{approval}/delegate", {"user_id": str(tenant.users[MANAGER])}), 409)
        == "already_asked"
    )
    ok(tenant.api(LEAD).post(f"{approval}/delegate", to))
    assert (_waiting(tenant, LEAD), _waiting(tenant, RECRUITER)) == (0, 1)
    ok(tenant.api(RECRUITER).post(f"{approval}/approve", {}))
    skip = {"user_id": str(tenant.users[MANAGER]), "reason": "On leave until May."}
    assert refused(tenant.api(LEAD).post(f"{approval}/skip", skip), 403) == "permission_missing"
    done = ok(api.post(f"{approval}/skip", skip))
    assert (done["status"], _status(tenant, job)) == ("approved", "open")
    assert sorted(each["status"] for each in done["seats"]) == ["approved", "delegated", "skipped"]


@pytest.mark.parametrize("role", ["TENANT_ADMIN", "MANAGER"])
def test_force_needs_a_reason_that_the_ledger_keeps(tenant, api, role):
    make_chain(tenant, group_of(tenant, LEAD), group_of(tenant, RECRUITER))
    job, approval = _submitted(tenant)
    forcing = tenant.api(role)
    assert forcing.post(f"{approval}/force", {}).get_json()["code"] == "reason_missing"
    assert ok(forcing.post(f"{approval}/force", REASON))["status"] == "approved"
    assert _status(tenant, job) == "open"
    (event,) = ok(api.get("/audit?type=approval.force"))["data"]
    assert event["reason"] == REASON["reason"] and event["actor_id"] == str(tenant.users[role])


def test_a_chain_names_active_users_of_the_tenant_once(tenant, api):
    nobody = {"user_ids": ["00000000-0000-7000-8000-000000000000"]}
    assert refused(api.post("/approval-chains", {"subject": "job", "groups": [nobody]}), 404) == "not_found"
    double = {"user_ids": [str(tenant.users[LEAD])] * 2}
    assert refused(api.post("/approval-chains", {"subject": "job", "groups": [double]}), 422) == "validation_failed"
    more = {**group_of(tenant, LEAD), "quorum": 2}
    assert refused(api.post("/approval-chains", {"subject": "job", "groups": [more]}), 422) == "validation_failed"
    chain = make_chain(tenant, group_of(tenant, LEAD))
    assert (
        refused(api.post("/approval-chains", {"subject": "job", "groups": [group_of(tenant, LEAD)]}), 409)
        == "duplicate"
    )
    ok(api.patch(f"/approval-chains/{chain}", {"groups": [group_of(tenant, MANAGER)]}))
    job, approval = _submitted(tenant)
    assert (_waiting(tenant, LEAD), _waiting(tenant, MANAGER)) == (0, 1)
    ok(api.delete(f"/approval-chains/{chain}"), 204)
    ok(tenant.api(MANAGER).post(f"{approval}/approve", {}))
    assert _status(tenant, job) == "open"


def test_who_is_suspended_is_not_asked(tenant, api):
    make_chain(tenant, group_of(tenant, LEAD, MANAGER, quorum=2), group_of(tenant, RECRUITER))
    ok(api.patch(f"/users/{tenant.users[LEAD]}", {"status": "suspended"}))
    job, approval = _submitted(tenant)
    assert ok(tenant.api(MANAGER).post(f"{approval}/approve", {}))["group_number"] == 2
    ok(api.post(f"/jobs/{job}/revise", {}))
    ok(api.patch(f"/users/{tenant.users[RECRUITER]}", {"status": "suspended"}))
    assert api.post(f"/jobs/{job}/submit", {}).get_json()["code"] == "no_active_approver"


def test_why_a_step_is_not_allowed(tenant):
    make_chain(tenant, group_of(tenant, LEAD))
    _, approval = _submitted(tenant)
    found = ok(tenant.api(RECRUITER).get(f"{approval}?explain=actions"))["explained_actions"]
    assert {each["action"]: each["code"] for each in found} == {
        "approve": "not_asked",
        "delegate": "not_asked",
        "reject": "not_asked",
        "skip": "permission_missing",
        "force": "permission_missing",
    }


def test_an_approval_of_an_offer_is_seen_with_its_candidate_or_from_a_seat(tenant, api):
    make_chain(tenant, group_of(tenant, MANAGER, RECRUITER), subject="offer")
    offer = make_offer(tenant)
    ok(api.post(f"/offers/{offer}/submit", {}))
    (approval,) = ok(api.get("/approvals", query_string={"offer_id": str(offer)}))["data"]
    for role, status in ((LEAD, 404), (RECRUITER, 200), (MANAGER, 200)):
        assert tenant.api(role).get(f"/approvals/{approval['id']}").status_code == status, role
    assert ok(tenant.api(LEAD).get("/approvals"))["data"] == []
    assert ok(tenant.api(RECRUITER).post(f"/approvals/{approval['id']}/approve", {}))["status"] == "approved"


def test_what_waits_for_a_user_is_handed_over_with_the_work(tenant, api):
    make_chain(tenant, group_of(tenant, LEAD, MANAGER), group_of(tenant, LEAD))
    job, approval = _submitted(tenant)
    moved = ok(api.post(f"/users/{tenant.users[LEAD]}/reassignment", {"to_user_id": str(tenant.users[MANAGER])}))
    assert moved["approvals"] == 1 and _waiting(tenant, LEAD) == 0
    seats = ok(api.get(approval))["seats"]
    assert [(each["group_number"], each["status"]) for each in seats].count((1, "skipped")) == 1
    ok(tenant.api(MANAGER).post(f"{approval}/approve", {}))
    assert ok(tenant.api(MANAGER).post(f"{approval}/approve", {}))["status"] == "approved"
    assert _status(tenant, job) == "open"
