"""Approvals: groups in order, quorum, delegation, skipping and force; and what they do to jobs."""

from __future__ import annotations

import pytest

from tests.factories.approval import group_of, make_chain
from tests.factories.client import ok
from tests.factories.department import make_department
from tests.factories.job import make_job
from tests.factories.offer import make_offer

REASON = {"reason": "The budget is spent."}
LEAD, MANAGER, RECRUITER = "TEAM_LEAD", "MANAGER", "RECRUITER"


def _submitted(kit, **values) -> tuple[str, str]:
    """A submitted job and its approval."""
    api, job = kit.api(), make_job(kit, opened=False, **values)
    assert ok(api.post(f"/jobs/{job}/submit", {}))["status"] == "pending_approval"
    (approval,) = ok(api.get("/approvals", query_string={"job_id": str(job), "status": "pending"}))["data"]
    return str(job), f"/approvals/{approval['id']}"


def _status(kit, job: str) -> str:
    return ok(kit.api().get(f"/jobs/{job}"))["status"]


def _waiting(kit, role: str) -> int:
    return len(ok(kit.api(role).get("/approvals?waits_for_me=true"))["data"])


def test_groups_are_asked_in_order_each_until_its_quorum(kit):
    make_chain(kit, group_of(kit, LEAD, RECRUITER, MANAGER, quorum=2), group_of(kit, MANAGER))
    job, approval = _submitted(kit)
    assert kit.api().post(f"{approval}/approve", {}).get_json()["code"] == "not_asked"
    assert [_waiting(kit, role) for role in (LEAD, MANAGER, RECRUITER)] == [1, 1, 1]
    ok(kit.api(LEAD).post(f"{approval}/approve", {}))
    assert kit.api(LEAD).post(f"{approval}/approve", {}).get_json()["code"] == "not_asked"
    second = ok(kit.api(RECRUITER).post(f"{approval}/approve", {}))
    assert (second["group_number"], second["status"], _status(kit, job)) == (2, "pending", "pending_approval")
    assert [_waiting(kit, role) for role in (LEAD, MANAGER, RECRUITER)] == [0, 1, 0]
    done = ok(kit.api(MANAGER).post(f"{approval}/approve", {"reason": "Needed by May."}))
    assert (done["status"], _status(kit, job)) == ("approved", "open")
    assert [each["status"] for each in done["seats"]].count("pending") == 1, "one of the first group never answered"
    kit.run_jobs()
    told = [each["template"] for each in ok(kit.api().get("/email-messages"))["data"]]
    assert told.count("approval_asked") == 4 and told.count("approval_decided") == 1


def test_one_no_settles_it_and_the_job_is_revised(kit, api):
    make_chain(kit, group_of(kit, LEAD, MANAGER, quorum=2))
    job, approval = _submitted(kit)
    assert kit.api(LEAD).post(f"{approval}/reject", {}).get_json()["code"] == "reason_missing"
    rejected = ok(kit.api(LEAD).post(f"{approval}/reject", REASON))
    assert (rejected["status"], rejected["status_reason"]) == ("rejected", REASON["reason"])
    assert [each["status"] for each in rejected["seats"]] == ["rejected", "pending"]
    assert _status(kit, job) == "denied"
    assert kit.api(MANAGER).post(f"{approval}/approve", {}).get_json()["code"] == "illegal_transition"
    assert ok(api.post(f"/jobs/{job}/revise", {}))["status"] == "draft"
    ok(api.post(f"/jobs/{job}/submit", {}))
    assert [each["status"] for each in ok(api.get(f"/approvals?job_id={job}"))["data"]] == ["pending", "rejected"]


def test_a_job_that_needs_an_approval_is_not_opened_without(kit, api):
    engineering = make_department(kit)
    make_chain(kit, group_of(kit, LEAD), department_id=engineering)
    job = make_job(kit, opened=False, department_id=str(engineering))
    assert api.post(f"/jobs/{job}/open", {}).get_json()["code"] == "approval_needed"
    ok(api.post(f"/jobs/{make_job(kit, opened=False)}/open", {}))
    ok(api.post(f"/jobs/{job}/submit", {}))
    for change in ({"openings": 5}, {"title": "Director"}):
        assert api.patch(f"/jobs/{job}", change).get_json()["code"] == "approval_pending"
    ok(api.patch(f"/jobs/{job}", {"description": "Told better."}))
    ok(api.post(f"/jobs/{job}/revise", {}))
    assert ok(api.get(f"/approvals?job_id={job}"))["data"][0]["status"] == "cancelled"
    assert _waiting(kit, LEAD) == 0


def test_who_is_away_delegates_or_is_skipped(kit, api):
    make_chain(kit, group_of(kit, LEAD, MANAGER, quorum=2))
    job, approval = _submitted(kit)
    to = {"user_id": str(kit.users[RECRUITER])}
    assert kit.api(LEAD).post(f"{approval}/delegate", {"user_id": str(kit.users[MANAGER])}).status_code == 409
    ok(kit.api(LEAD).post(f"{approval}/delegate", to))
    assert (_waiting(kit, LEAD), _waiting(kit, RECRUITER)) == (0, 1)
    ok(kit.api(RECRUITER).post(f"{approval}/approve", {}))
    skip = {"user_id": str(kit.users[MANAGER]), "reason": "On leave until May."}
    assert kit.api(LEAD).post(f"{approval}/skip", skip).status_code == 403
    done = ok(api.post(f"{approval}/skip", skip))
    assert (done["status"], _status(kit, job)) == ("approved", "open")
    assert sorted(each["status"] for each in done["seats"]) == ["approved", "delegated", "skipped"]


@pytest.mark.parametrize("role", ["TENANT_ADMIN", "MANAGER"])
def test_force_needs_a_reason_that_the_ledger_keeps(kit, api, role):
    make_chain(kit, group_of(kit, LEAD), group_of(kit, RECRUITER))
    job, approval = _submitted(kit)
    forcing = kit.api(role)
    assert forcing.post(f"{approval}/force", {}).get_json()["code"] == "reason_missing"
    assert ok(forcing.post(f"{approval}/force", REASON))["status"] == "approved"
    assert _status(kit, job) == "open"
    (event,) = ok(api.get("/audit?type=approval.force"))["data"]
    assert event["reason"] == REASON["reason"] and event["actor_id"] == str(kit.users[role])


def test_a_chain_names_active_users_of_the_tenant_once(kit, api):
    nobody = {"user_ids": ["00000000-0000-7000-8000-000000000000"]}
    assert api.post("/approval-chains", {"subject": "job", "groups": [nobody]}).status_code == 404
    double = {"user_ids": [str(kit.users[LEAD])] * 2}
    assert api.post("/approval-chains", {"subject": "job", "groups": [double]}).status_code == 422
    more = {**group_of(kit, LEAD), "quorum": 2}
    assert api.post("/approval-chains", {"subject": "job", "groups": [more]}).status_code == 422
    chain = make_chain(kit, group_of(kit, LEAD))
    assert api.post("/approval-chains", {"subject": "job", "groups": [group_of(kit, LEAD)]}).status_code == 409
    ok(api.patch(f"/approval-chains/{chain}", {"groups": [group_of(kit, MANAGER)]}))
    job, approval = _submitted(kit)
    assert (_waiting(kit, LEAD), _waiting(kit, MANAGER)) == (0, 1)
    ok(api.delete(f"/approval-chains/{chain}"), 204)
    ok(kit.api(MANAGER).post(f"{approval}/approve", {}))
    assert _status(kit, job) == "open"


def test_who_is_suspended_is_not_asked(kit, api):
    make_chain(kit, group_of(kit, LEAD, MANAGER, quorum=2), group_of(kit, RECRUITER))
    ok(api.patch(f"/users/{kit.users[LEAD]}", {"status": "suspended"}))
    job, approval = _submitted(kit)
    assert ok(kit.api(MANAGER).post(f"{approval}/approve", {}))["group_number"] == 2
    ok(api.post(f"/jobs/{job}/revise", {}))
    ok(api.patch(f"/users/{kit.users[RECRUITER]}", {"status": "suspended"}))
    assert api.post(f"/jobs/{job}/submit", {}).get_json()["code"] == "no_active_approver"


def test_why_a_step_is_not_allowed(kit):
    make_chain(kit, group_of(kit, LEAD))
    _, approval = _submitted(kit)
    found = ok(kit.api(RECRUITER).get(f"{approval}?explain=actions"))["explained_actions"]
    assert {each["action"]: each["code"] for each in found} == {
        "approve": "not_asked",
        "delegate": "not_asked",
        "reject": "not_asked",
        "skip": "permission_missing",
        "force": "permission_missing",
    }


def test_an_approval_of_an_offer_is_seen_with_its_candidate_or_from_a_seat(kit, api):
    make_chain(kit, group_of(kit, MANAGER, RECRUITER), subject="offer")
    offer = make_offer(kit)
    ok(api.post(f"/offers/{offer}/submit", {}))
    (approval,) = ok(api.get("/approvals", query_string={"offer_id": str(offer)}))["data"]
    for role, status in ((LEAD, 404), (RECRUITER, 200), (MANAGER, 200)):
        assert kit.api(role).get(f"/approvals/{approval['id']}").status_code == status, role
    assert ok(kit.api(LEAD).get("/approvals"))["data"] == []
    assert ok(kit.api(RECRUITER).post(f"/approvals/{approval['id']}/approve", {}))["status"] == "approved"


def test_what_waits_for_a_user_is_handed_over_with_the_work(kit, api):
    make_chain(kit, group_of(kit, LEAD, MANAGER), group_of(kit, LEAD))
    job, approval = _submitted(kit)
    moved = ok(api.post(f"/users/{kit.users[LEAD]}/reassignment", {"to_user_id": str(kit.users[MANAGER])}))
    assert moved["approvals"] == 1 and _waiting(kit, LEAD) == 0
    seats = ok(api.get(approval))["seats"]
    assert [(each["group_number"], each["status"]) for each in seats].count((1, "skipped")) == 1
    ok(kit.api(MANAGER).post(f"{approval}/approve", {}))
    assert ok(kit.api(MANAGER).post(f"{approval}/approve", {}))["status"] == "approved"
    assert _status(kit, job) == "open"
