"""Templates of jobs."""

from __future__ import annotations

from app.schemas.job_template_schema import JobTemplateJob
from app.services.jobs import job_template_service
from tests.factories.careers import make_question
from tests.factories.client import ok, refused
from tests.factories.department import make_department, make_location
from tests.factories.job import make_job
from tests.factories.pipeline import make_job_template, make_pipeline

QUESTIONS = [
    {"label": "May you work here?", "kind": "yes_no", "passes": {"any_of": ["yes"]}},
    {"label": "Which tools?", "kind": "multiple_choice", "options": ["Rope", "Crane"]},
]


def test_a_job_is_made_from_a_template(tenant, api):
    department, pipeline = make_department(tenant), make_pipeline(tenant)
    facts = {
        "title": "Crane Keeper",
        "description": "You keep cranes.",
        "location": "Bremen",
        "department_id": str(department),
        "pipeline_template_id": str(pipeline),
        "pay_range": {"min": "40000.00", "currency": "EUR", "period": "year"},
        "required_skills": ["Crane"],
        "openings": 3,
    }
    template = ok(api.post("/job-templates", {"name": "Keeper", "job": facts, "questions": QUESTIONS}), 201)
    assert template["job"]["pay_range"]["min"] == "40000.00" and template["questions"][0]["is_required"] is True
    wish = {"title": "Crane Keeper, Pier 3", "owner_id": str(tenant.users["RECRUITER"])}
    job = ok(api.post(f"/job-templates/{template['id']}/jobs", wish), 201)
    assert (job["title"], job["location"], job["openings"], job["status"]) == (wish["title"], "Bremen", 3, "draft")
    assert (job["department_id"], job["owner_id"]) == (str(department), wish["owner_id"])
    assert job["pay_range"]["min"] == "40000.00" and job["required_skills"] == ["Crane"]
    assert [stage["name"] for stage in job["stages"]] == ["Inbox", "Call", "Done"]
    asked = ok(api.get(f"/jobs/{job['id']}/questions"))["data"]
    assert [each["label"] for each in asked] == ["May you work here?", "Which tools?"]
    assert asked[0]["passes"] == {"any_of": ["yes"]} and len(ok(api.get(f"/jobs/{job['id']}/openings"))["data"]) == 3
    ok(api.patch(f"/job-templates/{template['id']}", {"questions": [], "job": {"title": "Other"}}))
    assert ok(api.get(f"/jobs/{job['id']}"))["title"] == wish["title"], "jobs keep what they have"
    assert ok(api.get(f"/job-templates/{template['id']}"))["job"]["department_id"] is None


def test_a_template_takes_every_field_of_a_job(tenant, api):
    facts = {
        "title": "Crane Keeper",
        "description": "You keep cranes.",
        "location": "Kiel",
        "location_id": str(make_location(tenant)),
        "department_id": str(make_department(tenant)),
        "employment_type": "part_time",
        "workplace": "hybrid",
        "pay_range": {"min": "40000.00", "max": "50000.50", "currency": "EUR", "period": "year"},
        "min_years": 2,
        "max_years": 9,
        "required_skills": ["Crane"],
        "preferred_skills": ["Rope"],
        "openings": 3,
    }
    assert set(facts) == set(JobTemplateJob.model_fields) - {"pipeline_template_id", "stages"}
    job = ok(api.post("/jobs", facts), 201)["id"]
    template = ok(api.post(f"/jobs/{job}/template", {"name": "Whole"}), 201)
    assert {name: template["job"][name] for name in facts} == facts
    made = ok(api.post(f"/job-templates/{template['id']}/jobs", {}), 201)
    assert {name: made[name] for name in facts} == facts


def test_a_template_is_made_from_a_job(tenant, api):
    stages = [{"name": "Inbox", "kind": "applied"}, {"name": "Deck", "kind": "interview"}]
    job = make_job(tenant, location="Kiel", department_id=str(make_department(tenant)), stages=stages)
    make_question(tenant, job, "number", "Years?", passes={"min": "3"})
    template = ok(api.post(f"/jobs/{job}/template", {"name": "Like it"}), 201)
    made = ok(api.post(f"/job-templates/{template['id']}/jobs", {}), 201)
    source = ok(api.get(f"/jobs/{job}"))
    for name in ("title", "description", "location", "department_id", "required_skills", "pay_range", "openings"):
        assert made[name] == source[name], name
    assert [stage["name"] for stage in made["stages"]] == ["Inbox", "Deck"]
    cleared = ok(api.post(f"/job-templates/{template['id']}/jobs", {"department_id": None, "location": None}), 201)
    assert cleared["department_id"] is cleared["location"] is None
    (question,) = ok(api.get(f"/jobs/{made['id']}/questions"))["data"]
    assert (question["label"], question["passes"]) == ("Years?", {"min": "3"})


def test_what_a_template_names_cannot_go(tenant, api):
    department, pipeline = make_department(tenant), make_pipeline(tenant)
    template = make_job_template(tenant, department_id=str(department), pipeline_template_id=str(pipeline))
    assert ok(api.delete(f"/departments/{department}"), 409)["code"] == "department_has_templates"
    assert ok(api.delete(f"/pipeline-templates/{pipeline}"), 409)["code"] == "pipeline_in_use"
    ok(api.delete(f"/job-templates/{template}"), 204)
    ok(api.delete(f"/departments/{department}"), 204)
    ok(api.delete(f"/pipeline-templates/{pipeline}"), 204)


def test_names_and_versions(tenant, api, monkeypatch):
    template = make_job_template(tenant, "Engineer")
    body = {"name": "ENGINEER", "job": {"title": "x"}}
    assert refused(api.post("/job-templates", body), 409) == "duplicate"
    assert refused(api.patch(f"/job-templates/{template}", {"name": None}), 422) == "validation_failed"
    assert (
        refused(api.patch(f"/job-templates/{template}", {"name": "A"}, headers={"If-Match": '"7"'}), 412)
        == "version_mismatch"
    )
    assert (
        refused(api.post("/job-templates", {"name": "B", "job": {"title": "x", "owner_id": None}}), 422)
        == "validation_failed"
    )
    monkeypatch.setattr(job_template_service, "MAX_TEMPLATES", 1)
    assert ok(api.post("/job-templates", {**body, "name": "C"}), 409)["code"] == "too_many_templates"
    assert refused(tenant.api("RECRUITER").post("/job-templates", body), 403) == "permission_missing"
    assert [each["name"] for each in ok(tenant.api("RECRUITER").get("/job-templates"))["data"]] == ["Engineer"]
