"""Pipelines: templates, stages of a job, gates and what stages do by themselves."""

from __future__ import annotations

from typing import get_args

import pytest

from app.schemas.pipeline_schema import Automation
from app.services.applications import application_automations
from tests.factories.application import make_application
from tests.factories.candidate import make_candidate
from tests.factories.candidate_things import make_task
from tests.factories.client import ok, refused
from tests.factories.job import job_body, make_job
from tests.factories.pipeline import STAGES, make_pipeline

NAMES = ["Lead", "Applied", "Screening", "Interview", "Offer", "Hired"]


def _stages(api, job) -> dict[str, str]:
    return {stage["name"]: stage["id"] for stage in ok(api.get(f"/jobs/{job}"))["stages"]}


def _move(api, application: str, stage: str):
    now = ok(api.get(f"/applications/{application}"))["stage_id"]
    return api.post(f"/applications/{application}/move", {"from_stage_id": now, "to_stage_id": stage})


def test_jobs_take_a_copy_of_a_template_or_of_the_default_one(tenant, api):
    short = make_pipeline(tenant)
    long = make_pipeline(tenant, "Long", stages=[STAGES[0], {**STAGES[1], "gates": ["resume"]}, *STAGES[2:]])
    job = ok(api.post("/jobs", job_body(pipeline_template_id=str(long))), 201)
    assert [(each["name"], each["gates"]) for each in job["stages"]] == [
        ("Inbox", []),
        ("Call", ["resume"]),
        ("Done", []),
    ]
    assert [each["name"] for each in ok(api.post("/jobs", job_body()), 201)["stages"]] == NAMES
    ok(api.patch(f"/pipeline-templates/{long}", {"is_default": True}))
    ok(api.patch(f"/pipeline-templates/{short}", {"is_default": True}))
    found = {each["name"]: each["is_default"] for each in ok(api.get("/pipeline-templates"))["data"]}
    assert found == {"Long": False, "Short": True}
    assert [each["name"] for each in ok(api.post("/jobs", job_body()), 201)["stages"]] == ["Inbox", "Call", "Done"]
    ok(api.delete(f"/pipeline-templates/{long}"), 204)
    assert [each["gates"] for each in ok(api.get(f"/jobs/{job['id']}"))["stages"]] == [[], ["resume"], []]
    both = job_body(pipeline_template_id=str(short), stages=STAGES)
    assert refused(api.post("/jobs", both), 422) == "validation_failed"


def test_a_pipeline_needs_a_stage_before_the_hire(tenant, api):
    assert refused(api.post("/pipeline-templates", {"name": "None", "stages": STAGES[2:]}), 422) == "validation_failed"
    job = ok(api.post("/jobs", job_body(stages=STAGES[1:])), 201)["id"]
    assert api.delete(f"/jobs/{job}/stages/{_stages(api, job)['Call']}").get_json()["code"] == "no_stage_left"
    assert (
        refused(api.patch(f"/jobs/{job}/stages/{_stages(api, job)['Call']}", {"kind": "hired"}), 409) == "no_stage_left"
    )


def test_stages_are_added_ordered_and_taken_out_without_losing_history(tenant, api):
    job = make_job(tenant)
    added = ok(api.post(f"/jobs/{job}/stages", {"name": "Test", "kind": "screen", "position": 2}), 201)
    assert added["position"] == 2 and list(_stages(api, job)) == [*NAMES[:2], "Test", *NAMES[2:]]
    application = make_application(tenant, job_id=job)
    ok(_move(api, application, added["id"]))
    assert api.delete(f"/jobs/{job}/stages/{added['id']}").get_json()["code"] == "stage_in_use"
    ok(_move(api, application, _stages(api, job)["Offer"]))
    ok(api.delete(f"/jobs/{job}/stages/{added['id']}"), 204)
    assert list(_stages(api, job)) == NAMES
    assert refused(_move(api, application, added["id"]), 422) == "unknown_stage"
    history = ok(api.get(f"/applications/{application}/stage-history"))["data"]
    assert [each["stage_name"] for each in history] == ["Applied", "Test", "Offer"]
    assert [each["left_at"] for each in history[:2]] == [each["entered_at"] for each in history[1:]]
    assert history[2]["left_at"] is None
    kept = ok(api.get(f"/jobs/{job}/stages"))["data"]
    assert (kept[-1]["name"], kept[-1]["position"]) == ("Test", None)
    lead = _stages(api, job)["Lead"]
    ok(api.delete(f"/jobs/{job}/stages/{lead}"), 204)
    assert lead not in [each["id"] for each in ok(api.get(f"/jobs/{job}/stages"))["data"]], "nobody was ever there"


def test_an_order_names_every_stage_once(tenant, api):
    job = make_job(tenant)
    ids = list(_stages(api, job).values())
    turned = [ids[1], ids[0], *ids[2:]]
    assert [each["id"] for each in ok(api.put(f"/jobs/{job}/stage-order", {"stage_ids": turned}))["data"]] == turned
    for wrong in (ids[1:], [*ids, ids[0]], [*ids[1:], list(_stages(api, make_job(tenant)).values())[0]]):
        assert api.put(f"/jobs/{job}/stage-order", {"stage_ids": wrong}).get_json()["code"] == "not_all_stages"


@pytest.mark.parametrize("gate", ["resume", "tasks_done"])
def test_a_gate_keeps_out_who_lacks_what_it_asks_for(tenant, api, gate):
    job, candidate = make_job(tenant), make_candidate(tenant)
    screening = _stages(api, job)["Screening"]
    ok(api.patch(f"/jobs/{job}/stages/{screening}", {"gates": [gate, gate]}))
    application, task = make_application(tenant, candidate, job), make_task(tenant, candidate)
    answer = _move(api, application, screening)
    assert (answer.status_code, answer.get_json()["code"]) == (409, f"gate_{gate}")
    ok(api.upload("/candidate-resumes", b"Grace Hopper\nPython", candidate_id=str(candidate)), 202)
    ok(api.patch(f"/tasks/{task}", {"is_done": True}))
    ok(_move(api, application, screening))


def test_a_stage_adds_tasks_and_mails_by_itself(tenant, api):
    owner = str(tenant.users["RECRUITER"])
    job, candidate = make_job(tenant), make_candidate(tenant, owner_id=owner, name="Ada {job}")
    task = {"kind": "task", "title": "Call the candidate"}
    mail = {"kind": "mail", "subject": "News of {job}", "body": "Hello {name}, {unknown} <b>news</b>."}
    screening = _stages(api, job)["Screening"]
    ok(api.patch(f"/jobs/{job}/stages/{screening}", {"automations": [task, {**task, "assignee_id": owner}, mail]}))
    ok(_move(api, make_application(tenant, candidate, job), screening))
    tasks = ok(api.get(f"/tasks?candidate_id={candidate}"))["data"]
    assert [(each["title"], each["assignee_id"]) for each in tasks] == [("Call the candidate", owner)] * 2
    tenant.run_jobs()
    (letter,) = [each for each in ok(api.get("/email-messages"))["data"] if each["template"] == "stage_note"]
    assert letter["status"] == "sent"
    unknown = {**task, "assignee_id": "00000000-0000-7000-8000-000000000000"}
    assert refused(api.patch(f"/jobs/{job}/stages/{screening}", {"automations": [unknown]}), 404) == "not_found"


def test_a_transfer_ends_one_application_and_begins_another(tenant, api):
    first, second = make_job(tenant), make_job(tenant)
    application = make_application(tenant, job_id=first)
    new = ok(api.post(f"/applications/{application}/transfer", {"job_id": str(second)}), 201)
    assert (new["job_id"], new["transferred_from_id"], new["status"]) == (str(second), str(application), "active")
    old = ok(api.get(f"/applications/{application}"))
    assert (old["status"], old["allowed_actions"]) == ("transferred", [])
    stages = _stages(api, second)
    hired = {"candidate_id": str(make_candidate(tenant)), "job_id": str(second), "stage_id": stages["Hired"]}
    assert api.post("/applications", hired).get_json()["code"] == "use_hire"
    ok(api.patch(f"/jobs/{second}/stages/{stages['Offer']}", {"gates": ["resume"]}))
    gated = {**hired, "stage_id": stages["Offer"]}
    assert api.post("/applications", gated).get_json()["code"] == "gate_resume"
    again = api.post(f"/applications/{application}/transfer", {"job_id": str(make_job(tenant))})
    assert again.get_json()["code"] == "illegal_transition"
    assert api.post(f"/applications/{new['id']}/transfer", {"job_id": str(second)}).get_json()["code"] == "same_job"
    ended = {each["status"]: each["count"] for each in ok(api.get(f"/jobs/{first}/board"))["ended"]}
    assert ended == {"rejected": 0, "withdrawn": 0, "hired": 0, "transferred": 1}


def test_a_stage_becomes_no_place_of_hires_while_somebody_stands_at_it(tenant, api):
    job = make_job(tenant)
    stages = _stages(api, job)
    application = str(make_application(tenant, job_id=job))
    path = f"/jobs/{job}/stages/{stages['Applied']}"
    assert ok(api.patch(path, {"kind": "hired"}), 409)["code"] == "stage_in_use"
    assert ok(api.patch(path, {"kind": "screen"}))["kind"] == "screen"
    ok(api.post(f"/applications/{application}/hire", {}))
    assert ok(api.patch(f"/jobs/{job}/stages/{stages['Hired']}", {"kind": "offer"}), 409)["code"] == "stage_in_use"
    assert ok(api.patch(f"/jobs/{job}/stages/{stages['Offer']}", {"kind": "hired"}))["kind"] == "hired"
    assert ok(api.patch(f"/jobs/{job}/stages/{stages['Lead']}", {"kind": "hired"}), 409)["code"] == "after_hired_stage"


def test_a_hire_that_is_taken_back_leads_to_where_it_was(tenant, api):
    job = make_job(tenant)
    stages = _stages(api, job)
    application = str(make_application(tenant, job_id=job))
    ok(_move(api, application, stages["Screening"]))
    ok(api.post(f"/applications/{application}/hire", {}))
    assert ok(api.post(f"/applications/{application}/unhire", {}))["stage_id"] == stages["Screening"]
    ok(api.post(f"/applications/{application}/hire", {}))
    ok(api.delete(f"/jobs/{job}/stages/{stages['Screening']}"), 204)
    assert ok(api.post(f"/applications/{application}/unhire", {}))["stage_id"] == stages["Offer"]


def test_the_name_of_a_stage_that_was_taken_out_is_free(tenant, api):
    job = make_job(tenant)
    stages = _stages(api, job)
    application = str(make_application(tenant, job_id=job))
    for _ in range(2):
        ok(_move(api, application, _stages(api, job)["Screening"]))
        ok(_move(api, application, stages["Interview"]))
        ok(api.delete(f"/jobs/{job}/stages/{_stages(api, job)['Screening']}"), 204)
        ok(api.post(f"/jobs/{job}/stages", {"name": "Screening", "kind": "screen"}), 201)
    assert refused(api.post(f"/jobs/{job}/stages", {"name": "Screening", "kind": "screen"}), 409) == "duplicate"


def test_what_the_automations_of_templates_and_new_jobs_name_is_there(tenant, api):
    kit_id = "01890a5d-ac96-774b-bcce-b302099a8057"
    automation = {"kind": "interview", "kit_id": kit_id, "interview_kind": "video"}
    stages = [{"name": "Call", "kind": "screen", "automations": [automation]}]
    assert refused(api.post("/pipeline-templates", {"name": "Odd", "stages": stages}), 404) == "not_found"
    assert refused(api.post("/jobs", {"title": "Odd", "stages": stages}), 404) == "not_found"
    template = ok(api.post("/pipeline-templates", {"name": "Plain", "stages": [{"name": "A", "kind": "screen"}]}), 201)
    assert refused(api.patch(f"/pipeline-templates/{template['id']}", {"stages": stages}), 404) == "not_found"


def test_each_kind_of_automation_is_known():
    kinds = {get_args(each.model_fields["kind"].annotation)[0] for each in get_args(get_args(Automation)[0])}
    assert kinds == set(application_automations.ACTIONS), "register it with application_automations.action"
