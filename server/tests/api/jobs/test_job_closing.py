"""Closing a job asks what becomes of its active applications."""

from __future__ import annotations

import pytest

from tests.factories.application import make_application
from tests.factories.candidate import make_candidate
from tests.factories.client import ok, refused
from tests.factories.job import make_job
from tests.factories.mailbox import mails

WHY = {"reason": "The client withdrew."}


def _job(tenant, count: int = 3):
    """A job with applications."""
    job = make_job(tenant)
    applications = [str(make_application(tenant, make_candidate(tenant), job)) for _ in range(count)]
    return job, applications


def _statuses(api, applications) -> list[str]:
    return [ok(api.get(f"/applications/{each}"))["status"] for each in applications]


def test_a_job_without_active_applications_closes_as_before(tenant, api):
    job, (application,) = _job(tenant, 1)
    ok(api.post(f"/applications/{application}/reject", {"reason": "Not this time."}))
    closed = ok(api.post(f"/jobs/{job}/close", WHY))
    assert closed["status"] == "closed" and closed["applications"]["active"] == 0


def test_who_says_nothing_of_active_applications_is_asked(tenant, api):
    job, applications = _job(tenant)
    assert refused(api.post(f"/jobs/{job}/close", WHY), 422) == "applications_undecided"
    assert ok(api.get(f"/jobs/{job}"))["status"] == "open" and set(_statuses(api, applications)) == {"active"}


@pytest.mark.parametrize(("wanted", "status"), [("keep", "active"), ("reject", "rejected")])
def test_they_are_kept_or_rejected(tenant, api, wanted, status):
    job, applications = _job(tenant)
    closed = ok(api.post(f"/jobs/{job}/close", {**WHY, "applications": wanted}))
    counts = {"active": 3, "kept": 3 * (wanted == "keep"), "rejected": 3 * (wanted == "reject"), "transferred": 0}
    assert (closed["status"], closed["applications"]) == ("closed", counts)
    assert set(_statuses(api, applications)) == {status}


def test_a_rejection_has_its_reason_and_its_mail_waits_for_the_hold(app, tenant, api):
    job = make_job(tenant)
    make_application(tenant, make_candidate(tenant, emails=["closed@people.example"]), job)
    reason = ok(api.post("/rejection-reasons", {"name": "Job closed", "kind": "rejected"}), 201)
    ok(api.post(f"/jobs/{job}/close", {**WHY, "applications": "reject", "reason_id": reason["id"]}))
    (application,) = ok(api.get(f"/applications?job_id={job}"))["data"]
    assert (application["rejection_reason_id"], application["status_reason"]) == (reason["id"], "Job closed")
    tenant.run_jobs()
    assert mails(app, "closed@people.example") == []


def test_they_go_on_at_another_job_but_for_those_who_are_there_already(tenant, api):
    job, applications = _job(tenant, 2)
    other = make_job(tenant)
    candidate = ok(api.get(f"/applications/{applications[0]}"))["candidate_id"]
    make_application(tenant, candidate, other)
    wish = {**WHY, "applications": "transfer", "to_job_id": str(other)}
    expected = {"active": 2, "kept": 1, "rejected": 0, "transferred": 1}
    foreseen = ok(api.post(f"/jobs/{job}/close", {**wish, "dry_run": True}))
    assert (foreseen["status"], foreseen["applications"]) == ("open", expected)
    assert _statuses(api, applications) == ["active", "active"], "a dry run changes nothing"
    assert ok(api.post(f"/jobs/{job}/close", wish))["applications"] == expected
    assert _statuses(api, applications) == ["active", "transferred"]
    assert len(ok(api.get(f"/applications?job_id={other}"))["data"]) == 2


@pytest.mark.parametrize(
    ("wish", "status", "code"),
    [
        ({"applications": "transfer"}, 422, "validation_failed"),
        ({"applications": "keep", "to_job_id": "CLOSED"}, 422, "validation_failed"),
        ({"applications": "transfer", "to_job_id": "CLOSED"}, 409, "job_not_open"),
        ({"applications": "transfer", "to_job_id": "01a22801-aeaf-7109-9c08-d2068fdd07fe"}, 404, "not_found"),
        ({"applications": "keep", "reason_id": "01a22801-aeaf-7109-9c08-d2068fdd07fe"}, 422, "validation_failed"),
        ({"applications": "reject", "reason_id": "01a22801-aeaf-7109-9c08-d2068fdd07fe"}, 404, "not_found"),
    ],
)
def test_a_wish_that_cannot_be_met_changes_nothing(tenant, api, wish, status, code):
    job, applications = _job(tenant, 1)
    ended = make_job(tenant)
    ok(api.post(f"/jobs/{ended}/close", WHY))
    wish = {key: str(ended) if value == "CLOSED" else value for key, value in wish.items()}
    assert refused(api.post(f"/jobs/{job}/close", {**WHY, **wish}), status) == code
    assert ok(api.get(f"/jobs/{job}"))["status"] == "open" and _statuses(api, applications) == ["active"]


def test_to_reject_them_one_needs_the_permission_to_move(tenant, api):
    job, applications = _job(tenant, 1)
    key = ok(api.post("/api-keys", {"name": "Closer", "permissions": ["jobs.read", "jobs.update"]}), 201)
    closer = type(api)(tenant.app, key["secret"])
    wish = {**WHY, "applications": "reject"}
    assert refused(closer.post(f"/jobs/{job}/close", wish), 403) == "permission_missing"
    assert _statuses(api, applications) == ["active"]
