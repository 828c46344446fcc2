"""Reasons of rejections, and openings as rows."""

from __future__ import annotations

from tests.factories.application import make_application
from tests.factories.client import ok, refused
from tests.factories.job import make_job
from tests.factories.pipeline import make_reason


def test_an_application_ends_with_a_reason_of_the_tenants_own(tenant, api):
    reason, other = str(make_reason(tenant)), str(make_reason(tenant, "Found another job", "withdrawn"))
    first, second = make_application(tenant), make_application(tenant)
    wrong = api.post(f"/applications/{first}/reject", {"reason_id": other})
    assert (wrong.status_code, wrong.get_json()["errors"][0]["pointer"]) == (422, "/reason_id")
    rejected = ok(api.post(f"/applications/{first}/reject", {"reason_id": reason}))
    assert (rejected["rejection_reason_id"], rejected["status_reason"]) == (reason, "Not enough experience")
    withdrawn = ok(api.post(f"/applications/{second}/withdraw", {"reason_id": other, "reason": "Moves to Oslo"}))
    assert (withdrawn["rejection_reason_id"], withdrawn["status_reason"]) == (other, "Moves to Oslo")
    assert api.delete(f"/rejection-reasons/{reason}").get_json()["code"] == "reason_in_use"
    ok(api.patch(f"/rejection-reasons/{reason}", {"is_active": False}))
    third = make_application(tenant)
    assert api.post(f"/applications/{third}/reject", {"reason_id": reason}).get_json()["code"] == "reason_not_active"
    assert ok(api.post(f"/applications/{first}/reopen", {}))["rejection_reason_id"] is None
    ok(api.delete(f"/rejection-reasons/{reason}"), 204)
    assert [each["name"] for each in ok(api.get("/rejection-reasons"))["data"]] == ["Found another job"]


def test_many_are_rejected_for_a_reason_of_the_tenants_own(tenant, api):
    reason, application = str(make_reason(tenant)), str(make_application(tenant))
    keyed = {"Idempotency-Key": "reasons-1"}
    body = {"application_ids": [application]}
    assert refused(api.post("/applications/bulk/reject", body, headers=keyed), 422) == "validation_failed"
    ok(api.post("/applications/bulk/reject", {**body, "reason_id": reason}, headers={"Idempotency-Key": "reasons-2"}))
    found = ok(api.get(f"/applications/{application}"))
    assert (found["rejection_reason_id"], found["status_reason"]) == (reason, "Not enough experience")


def test_a_job_has_as_many_free_or_filled_openings_as_it_says(tenant, api):
    job = make_job(tenant, openings=3)
    ok(api.post(f"/applications/{make_application(tenant, job_id=job)}/hire", {}))

    def openings() -> list[tuple[int, bool, bool]]:
        found = ok(api.get(f"/jobs/{job}/openings"))["data"]
        return [(each["number"], each["filled_at"] is not None, each["closed_at"] is not None) for each in found]

    ok(api.patch(f"/jobs/{job}", {"openings": 2}))
    assert openings() == [(1, True, False), (2, False, False), (3, False, True)]
    ok(api.patch(f"/jobs/{job}", {"openings": 4}))
    assert [number for number, _, closed in openings() if not closed] == [1, 2, 4, 5]
    assert refused(api.patch(f"/jobs/{job}", {"openings": 0}), 422) == "validation_failed"
    first = ok(api.get(f"/jobs/{job}/openings"))["data"][0]["id"]
    said = {"reference": "HC-14", "target_start_on": "2027-04-01"}
    changed = ok(api.patch(f"/jobs/{job}/openings/{first}", said))
    assert {name: changed[name] for name in said} == said and changed["application_id"]
    assert refused(api.patch(f"/jobs/{make_job(tenant)}/openings/{first}", said), 404) == "not_found"
