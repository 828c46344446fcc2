"""Notes and tasks on applications and jobs."""

from __future__ import annotations

import pytest

from app.models.job_team_member import JobRole
from tests.factories.application import make_application
from tests.factories.candidate import make_candidate
from tests.factories.client import Api, ok, refused
from tests.factories.job import make_job
from tests.factories.job_part import join, make_member

DUE = "2027-01-31T09:00:00Z"


def _key(tenant, *permissions, **body):
    made = tenant.api().post("/api-keys", {"name": "Key", "permissions": [*permissions], **body})
    return Api(tenant.app, ok(made, 201)["secret"])


def _ids(api, path, **query):
    return {row["id"] for row in ok(api.get(path, query_string=query))["data"]}


@pytest.mark.parametrize(
    ("path", "body"), [("/notes", {"body": "Asks for a start in May."}), ("/tasks", {"title": "Call", "due_at": DUE})]
)
def test_a_note_or_task_has_exactly_one_subject(tenant, api, path, body):
    job, candidate = make_job(tenant), make_candidate(tenant)
    application = make_application(tenant, candidate, job)
    subjects = {"candidate_id": str(candidate), "application_id": str(application), "job_id": str(job)}
    made = {name: ok(api.post(path, {**body, name: value}), 201) for name, value in subjects.items()}
    assert made["application_id"]["candidate_id"] == str(candidate) and made["application_id"]["job_id"] is None
    assert made["job_id"]["candidate_id"] is None
    assert refused(api.post(path, body), 422) == "validation_failed"
    assert refused(api.post(path, {**body, **subjects}), 422) == "validation_failed"
    for name, value in subjects.items():
        found = _ids(api, path, **{name: value})
        assert found == {made[name]["id"]} | ({made["application_id"]["id"]} if name == "candidate_id" else set())
    assert _ids(api, path, candidate_id=str(candidate), application_id="none") == {made["candidate_id"]["id"]}
    (row,) = ok(api.get(path, query_string={"job_id": str(job), "expand": "job"}))["data"]
    assert row["job"]["id"] == str(job) and row["candidate"] is None


def test_notes_show_their_author(tenant, api):
    note = ok(api.post("/notes", {"job_id": str(make_job(tenant)), "body": "Budget is approved."}), 201)
    (row,) = ok(api.get("/notes", query_string={"ids": note["id"], "expand": "author"}))["data"]
    assert row["author"]["id"] == note["author_id"] and row["author"]["name"]


def test_a_hiring_manager_reads_notes_on_the_jobs_applications_and_not_on_others(tenant):
    job, candidate = make_job(tenant), make_candidate(tenant)
    here, elsewhere = make_application(tenant, candidate, job), make_application(tenant, candidate)
    admin = tenant.api()
    note, other = (
        ok(admin.post("/notes", {"application_id": str(each), "body": "Went well."}), 201)["id"]
        for each in (here, elsewhere)
    )
    manager = join(tenant, make_member(tenant), [job], JobRole.HIRING_MANAGER)
    assert _ids(manager, "/notes") == {note}
    assert refused(manager.get(f"/notes/{other}"), 404) == "not_found"
    seen = {event["subject_id"] for event in ok(manager.get("/events?after=0&limit=200"))["data"]}
    assert note in seen and other not in seen
    own = ok(manager.post("/notes", {"application_id": str(here), "body": "I want to meet her."}), 201)
    assert own["candidate_id"] == str(candidate)
    assert refused(manager.post("/notes", {"application_id": str(elsewhere), "body": "Hm."}), 404) == "not_found"


def test_team_notes_on_a_job_are_read_by_its_hiring_team(tenant):
    job = make_job(tenant)
    note = ok(tenant.api().post("/notes", {"job_id": str(job), "body": "Pay is tight.", "visibility": "team"}), 201)
    outsider, member = make_member(tenant), make_member(tenant)
    recruiter = join(tenant, member, [job], JobRole.RECRUITER)
    assert _ids(recruiter, "/notes") == {note["id"]}
    assert _ids(tenant.api(outsider), "/notes") == set()


def test_an_api_key_for_some_jobs_reads_only_their_notes(tenant):
    mine, other = make_job(tenant), make_job(tenant)
    admin = tenant.api()
    notes = [ok(admin.post("/notes", {"job_id": str(job), "body": "Open."}), 201)["id"] for job in (mine, other)]
    candidate = make_candidate(tenant)
    for job in (mine, other):
        application = make_application(tenant, candidate, job)
        notes.append(ok(admin.post("/notes", {"application_id": str(application), "body": "Hm."}), 201)["id"])
    key = _key(tenant, "notes.read", "jobs.read", "candidates.view_all", job_ids=[str(mine)])
    assert _ids(key, "/notes") == {notes[0], notes[2]}
    blind = _key(tenant, "notes.read", "candidates.view_all", name="Blind")
    assert _ids(blind, "/notes") == set(notes[2:])


def test_a_stages_gate_asks_for_the_tasks_of_the_person_and_of_the_application(tenant, api):
    job, candidate = make_job(tenant), make_candidate(tenant)
    application, elsewhere = make_application(tenant, candidate, job), make_application(tenant, candidate)
    stages = ok(api.get(f"/jobs/{job}/stages"))["data"]
    gated = next(stage for stage in stages if stage["kind"] == "interview")
    ok(api.patch(f"/jobs/{job}/stages/{gated['id']}", {"gates": ["tasks_done"]}))
    now = ok(api.get(f"/applications/{application}"))["stage_id"]
    move = {"from_stage_id": now, "to_stage_id": gated["id"]}

    def add(**subject):
        return ok(api.post("/tasks", {**subject, "title": "Check references", "due_at": DUE}), 201)["id"]

    add(application_id=str(elsewhere))  # of another application: does not count
    add(job_id=str(job))
    for task in (add(application_id=str(application)), add(candidate_id=str(candidate))):
        assert refused(api.post(f"/applications/{application}/move", move), 409) == "gate_tasks_done"
        ok(api.patch(f"/tasks/{task}", {"is_done": True}))
    ok(api.post(f"/applications/{application}/move", move))


def test_tasks_about_jobs_belong_to_their_users_and_to_those_of_the_job(tenant):
    job = make_job(tenant)
    admin = tenant.api()
    task = ok(admin.post("/tasks", {"job_id": str(job), "title": "Call", "due_at": DUE}), 201)["id"]
    stranger, member = tenant.api("RECRUITER"), tenant.api("RECRUITER")
    assert ok(stranger.get(f"/tasks/{task}"))["id"] == task
    assert refused(stranger.patch(f"/tasks/{task}", {"is_done": True}), 403) == "not_your_task"
    assert refused(stranger.delete(f"/tasks/{task}"), 403) == "not_your_task"
    ok(admin.patch(f"/tasks/{task}", {"assignee_id": str(tenant.users["RECRUITER"])}))
    ok(member.patch(f"/tasks/{task}", {"is_done": True}))
    ok(tenant.api("MANAGER").delete(f"/tasks/{task}"), 204)


def test_tasks_about_jobs_cannot_be_read_by_id_without_the_right_to_read_jobs(tenant):
    task = ok(tenant.api().post("/tasks", {"job_id": str(make_job(tenant)), "title": "Call", "due_at": DUE}), 201)
    key = _key(tenant, "tasks.read", "tasks.update", "tasks.delete", "candidates.view_all")
    for answer in (
        key.get(f"/tasks/{task['id']}"),
        key.patch(f"/tasks/{task['id']}", {"is_done": True}),
        key.delete(f"/tasks/{task['id']}"),
    ):
        assert refused(answer, 404) == "not_found"


def test_a_hiring_manager_reads_and_writes_tasks_of_the_own_applications(tenant):
    job, candidate = make_job(tenant), make_candidate(tenant, owner_id=tenant.users["TENANT_ADMIN"])
    here, elsewhere = make_application(tenant, candidate, job), make_application(tenant, candidate)
    bodies = [{"application_id": str(each), "title": "Call", "due_at": DUE} for each in (here, elsewhere)]
    tasks = [ok(tenant.api().post("/tasks", body), 201)["id"] for body in bodies]
    manager = join(tenant, make_member(tenant), [job], JobRole.HIRING_MANAGER)
    assert _ids(manager, "/tasks") == {tasks[0]}
    ok(manager.patch(f"/tasks/{tasks[0]}", {"is_done": True}))
    ok(manager.post("/tasks", bodies[0]), 201)
    assert refused(manager.post("/tasks", bodies[1]), 404) == "not_found"
