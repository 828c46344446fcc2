"""Departments, and jobs that are for them."""

from __future__ import annotations

import pytest

from tests.factories.client import ok, refused
from tests.factories.department import make_department
from tests.factories.job import job_body, make_job


def test_departments_are_counted_renamed_and_kept_while_they_have_jobs(tenant, api):
    engineering, sales = make_department(tenant), make_department(tenant, "Sales")
    job = make_job(tenant, department_id=str(engineering), opened=False)
    found = {each["name"]: each["job_count"] for each in ok(api.get("/departments"))["data"]}
    assert found == {"Engineering": 1, "Sales": 0}
    assert api.post("/departments", {"name": "  ENGINEERING "}).status_code in (409, 422)
    assert api.post("/departments", {"name": "engineering"}).get_json()["code"] == "duplicate"
    assert ok(api.patch(f"/departments/{sales}", {"name": "Trade"}))["name"] == "Trade"
    assert api.delete(f"/departments/{engineering}").get_json()["code"] == "department_has_jobs"
    ok(api.delete(f"/jobs/{job}"), 204)
    ok(api.delete(f"/departments/{engineering}"), 204)
    assert [each["name"] for each in ok(api.get("/departments"))["data"]] == ["Trade"]


def test_departments_are_not_for_everybody_to_change(tenant):
    department, recruiter = make_department(tenant), tenant.api("RECRUITER")
    assert [each["name"] for each in ok(recruiter.get("/departments"))["data"]] == ["Engineering"]
    assert refused(recruiter.patch(f"/departments/{department}", {"name": "Mine"}), 403) == "permission_missing"


def test_jobs_are_filtered_by_what_they_say(tenant, api):
    department = str(make_department(tenant))
    says = {"department_id": department, "employment_type": "part_time", "workplace": "remote"}
    job = str(make_job(tenant, **says))
    make_job(tenant, employment_type="full_time")
    for name, value in says.items():
        assert [each["id"] for each in ok(api.get("/jobs", query_string={name: value}))["data"]] == [job]
    assert (
        refused(api.post("/jobs", job_body(department_id="00000000-0000-7000-8000-000000000000")), 404)
        == "reference_missing"
    )


def test_a_pay_range_is_whole_and_its_ends_are_in_order(tenant, api):
    pay = {"min": "65000.00", "max": "80000.00", "currency": "EUR", "period": "year"}
    job = ok(api.post("/jobs", job_body(pay_range=pay)), 201)
    assert job["pay_range"] == pay
    half = {"min": None, "max": "90000.00", "currency": "USD", "period": "year"}
    assert ok(api.patch(f"/jobs/{job['id']}", {"pay_range": half}))["pay_range"] == half
    assert ok(api.patch(f"/jobs/{job['id']}", {"pay_range": None}))["pay_range"] is None


@pytest.mark.parametrize(
    "pay",
    [
        {"currency": "EUR", "period": "year"},
        {"min": "2.00", "max": "1.00", "currency": "EUR", "period": "hour"},
        {"min": "2.00", "currency": "EUR"},
        {"min": "-1", "currency": "EUR", "period": "hour"},
    ],
)
def test_a_pay_range_that_makes_no_sense_is_refused(api, pay):
    assert refused(api.post("/jobs", job_body(pay_range=pay)), 422) == "validation_failed"


def test_a_clone_is_a_draft_with_the_fields_and_stages_and_nothing_else(tenant, api):
    pay = {"min": "65000.00", "max": None, "currency": "EUR", "period": "year"}
    stages = [{"name": "Inbox", "kind": "applied"}, {"name": "Done", "kind": "hired"}]
    given = job_body(
        department_id=str(make_department(tenant)), pay_range=pay, stages=stages, openings=3, location="Bremen"
    )
    job = ok(api.post("/jobs", given), 201)
    ok(api.post(f"/jobs/{job['id']}/open", {}))
    clone = ok(api.post(f"/jobs/{job['id']}/clone", {"title": "Data Engineer, night"}), 201)
    told = {"id", "title", "status", "created_at", "updated_at", "version", "stages", "allowed_actions"}
    assert {k: v for k, v in clone.items() if k not in told} == {k: v for k, v in job.items() if k not in told}
    assert (clone["title"], clone["status"]) == ("Data Engineer, night", "draft")
    assert [(stage["name"], stage["kind"]) for stage in clone["stages"]] == [("Inbox", "applied"), ("Done", "hired")]
    assert not {stage["id"] for stage in clone["stages"]} & {stage["id"] for stage in job["stages"]}
    assert ok(api.post(f"/jobs/{job['id']}/clone", {}), 201)["title"] == job["title"]
