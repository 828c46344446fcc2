"""Jobs and applications: the state machines, the openings, the mails."""

from __future__ import annotations

import itertools
from datetime import timedelta

import pytest
import time_machine
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from app.models.application import APPLICATION_MACHINE, ApplicationStatus
from app.models.job import JOB_MACHINE, JobStatus
from app.models.permission import ALL
from app.schemas.email_message_schema import EmailMessageQuery
from app.services.mail import email_message_service
from app.utils import clock
from tests.factories.application import make_application
from tests.factories.candidate import make_candidate
from tests.factories.client import ok, refused
from tests.factories.job import job_body, make_job
from tests.factories.mailbox import mails

REASON = {"reason": "It is decided."}


def _stages(api, job_id):
    return {stage["kind"]: stage["id"] for stage in ok(api.get(f"/jobs/{job_id}"))["stages"]}


def _application(api, application_id):
    return ok(api.get(f"/applications/{application_id}"))


def _mails(api):
    return [mail["template"] for mail in ok(api.get("/email-messages?sort=created_at"))["data"]]


def test_a_new_job_is_a_draft_with_the_standard_pipeline(api):
    job = ok(api.post("/jobs", job_body()), 201)
    assert (job["status"], job["allowed_actions"]) == ("draft", ["submit", "open", "cancel"])
    assert [stage["kind"] for stage in job["stages"]] == ["lead", "applied", "screen", "interview", "offer", "hired"]


def test_a_job_may_have_stages_of_its_own(api):
    stages = [{"name": "Inbox", "kind": "applied"}, {"name": "Done", "kind": "hired"}]
    job = ok(api.post("/jobs", job_body(stages=stages)), 201)
    assert [stage["name"] for stage in job["stages"]] == ["Inbox", "Done"]
    assert refused(api.post("/jobs", job_body(stages=[stages[0], stages[0]])), 409) == "duplicate"


def test_years_and_openings_must_make_sense(tenant, api):
    assert refused(api.post("/jobs", job_body(min_years=5, max_years=3)), 422) == "validation_failed"
    job = make_job(tenant, min_years=5)
    assert refused(api.patch(f"/jobs/{job}", {"max_years": 3}), 422) == "years_range"
    assert refused(api.patch(f"/jobs/{job}", {"title": None}), 422) == "validation_failed"
    assert refused(api.post("/jobs", job_body(openings=0)), 422) == "validation_failed"


@pytest.mark.parametrize("state", list(JobStatus))
def test_every_job_action_is_allowed_or_answers_409(tenant, api, state):
    """Walk to each state by the machine's own table, then try every action."""
    for action in JOB_MACHINE.actions:
        job = make_job(tenant, opened=False)
        if not _walk(api, job, state):
            return
        job_now = ok(api.get(f"/jobs/{job}"))
        step = JOB_MACHINE.find(state, action)
        response = api.post(f"/jobs/{job}/{action}", REASON)
        if step is not None and "has_approvers" in step.guards:
            assert response.get_json()["code"] == "no_approvers"
            continue
        if step is None:
            problem = response.get_json()
            assert refused(response, 409) == "illegal_transition" and problem["current_state"] == state
            assert problem["allowed_actions"] == job_now["allowed_actions"] == JOB_MACHINE.allowed(state, ALL)
        else:
            assert ok(response)["status"] == step.target


def _walk(api, job, state) -> bool:
    """Bring a draft to a state along the shortest path; False where only the system leads there."""
    paths = {JobStatus.DRAFT: []}
    for _ in JobStatus:
        for step in [each for each in JOB_MACHINE.transitions if not each.is_automatic and each.action != "submit"]:
            if step.source in paths and step.target not in paths:
                paths[step.target] = [*paths[step.source], step.action]
    if state not in paths:
        return False
    for action in paths[state]:
        ok(api.post(f"/jobs/{job}/{action}", REASON))
    return True


def test_closing_needs_a_reason(tenant, api):
    job = make_job(tenant)
    assert api.post(f"/jobs/{job}/close", {}).get_json()["code"] == "reason_missing"
    assert ok(api.post(f"/jobs/{job}/close", REASON))["status_reason"] == "It is decided."


def test_only_a_draft_is_deleted(tenant, api):
    assert refused(api.delete(f"/jobs/{make_job(tenant)}"), 409) == "not_a_draft"
    ok(api.delete(f"/jobs/{make_job(tenant, opened=False)}"), 204)


def test_an_application_moves_through_the_stages_and_the_candidate_hears_of_it(tenant, api):
    job, candidate = make_job(tenant), make_candidate(tenant)
    stages = _stages(api, job)
    created = ok(api.post("/applications", {"candidate_id": str(candidate), "job_id": str(job)}), 201)
    assert (created["stage_kind"], created["status"]) == ("applied", "active")
    assert created["allowed_actions"] == ["move", "reject", "withdraw", "transfer", "hire"]
    step = {"from_stage_id": stages["applied"], "to_stage_id": stages["interview"]}
    moved = ok(api.post(f"/applications/{created['id']}/move", step))
    assert moved["stage_kind"] == "interview" and moved["stage_entered_at"] > created["stage_entered_at"]
    late = api.post(f"/applications/{created['id']}/move", step)
    assert refused(late, 409) == "stage_changed" and late.get_json()["current_state"] == stages["interview"]
    ok(api.post(f"/applications/{created['id']}/hire", {}))
    assert ok(api.get(f"/jobs/{job}"))["status"] == "filled"
    tenant.run_jobs()
    assert _mails(api)[-1:] == ["application_hired"]
    assert {mail["status"] for mail in ok(api.get("/email-messages"))["data"]} == {"sent"}


def _told(app, tenant, address: str) -> list[str]:
    """The subjects of the mails about moves, once the hold is over."""
    with time_machine.travel(clock.now() + timedelta(hours=25)):
        tenant.run_jobs()
        return [each["Subject"] for each in mails(app, address)]


def _moved(tenant, api, address: str, *stages: dict) -> tuple[str, list[str]]:
    """An application that went through these stages, from that in which it began; its path and their ids."""
    candidate = make_candidate(tenant, emails=[address])
    application = _application(api, make_application(tenant, candidate, make_job(tenant)))
    of_job = f"/jobs/{application['job_id']}/stages"
    added = [ok(api.post(of_job, {"kind": "interview", **stage}), 201)["id"] for stage in stages]
    ids = [application["stage_id"], *added]
    path = f"/applications/{application['id']}"
    for begin, end in itertools.pairwise(ids):
        ok(api.post(f"{path}/move", {"from_stage_id": begin, "to_stage_id": end}))
    return path, ids


TELLS = {"name": "Shortlist B, client hesitates", "mails_candidate": True}


def test_a_move_mails_nobody_unless_the_stage_says_so(app, tenant, api):
    _moved(tenant, api, "silent@people.example", {"name": "Shortlist A"})
    assert _told(app, tenant, "silent@people.example") == []
    _moved(tenant, api, "told@people.example", TELLS)
    tenant.run_jobs()
    assert mails(app, "told@people.example") == [], "it waits for the hold"
    assert _told(app, tenant, "told@people.example") == ["Your application for Data Engineer: interviews"]


def test_candidates_read_the_public_name_and_never_the_name_of_a_stage(app, tenant, api):
    _moved(tenant, api, "moved@people.example", TELLS | {"public_name": "First conversation"})
    assert _told(app, tenant, "moved@people.example") == ["Your application for Data Engineer: First conversation"]
    (mail,) = mails(app, "moved@people.example")
    parts = [part.get_content() for part in mail.walk() if part.get_content_maintype() == "text"]
    assert all("has moved to the stage First conversation." in part for part in parts) and len(parts) == 2
    assert "Shortlist" not in mail.as_string()


def test_a_public_name_that_is_the_name_of_a_text_stays_as_it_is(app, tenant, api):
    ok(api.patch("/tenant", {"locale": "de-DE"}))
    _moved(tenant, api, "review@people.example", TELLS | {"public_name": "review"})
    assert _told(app, tenant, "review@people.example")[-1].endswith(": review")
    ok(api.patch("/tenant", {"locale": "en"}))


def test_a_move_to_a_stage_with_the_same_word_is_no_news(app, tenant, api):
    _moved(tenant, api, "same@people.example", TELLS, TELLS | {"name": "Shortlist C"})
    assert _told(app, tenant, "same@people.example") == ["Your application for Data Engineer: interviews"]


def test_of_several_moves_within_the_hold_the_last_is_mailed(app, tenant, api):
    _moved(tenant, api, "last@people.example", TELLS, TELLS | {"name": "Talk", "public_name": "Second talk"})
    assert _told(app, tenant, "last@people.example") == ["Your application for Data Engineer: Second talk"]


@pytest.mark.parametrize(("action", "body"), [("reject", REASON), ("withdraw", {}), ("hire", {})])
def test_who_is_out_or_in_meanwhile_gets_no_mail_of_the_move(app, tenant, api, action, body):
    path, _ = _moved(tenant, api, f"{action}@people.example", TELLS)
    ok(api.post(f"{path}/{action}", body))
    assert not any("interviews" in subject for subject in _told(app, tenant, f"{action}@people.example"))


def test_nobody_is_thanked_for_an_application_that_a_user_creates(app, tenant, api):
    candidate = make_candidate(tenant, emails=["sourced@people.example"])
    ok(api.post("/applications", {"candidate_id": str(candidate), "job_id": str(make_job(tenant))}), 201)
    assert _told(app, tenant, "sourced@people.example") == []


def test_a_move_stays_within_the_job(tenant, api):
    application = _application(api, make_application(tenant))
    other = _stages(api, make_job(tenant))
    step = {"from_stage_id": application["stage_id"], "to_stage_id": other["screen"]}
    assert refused(api.post(f"/applications/{application['id']}/move", step), 422) == "unknown_stage"
    hired = {"from_stage_id": application["stage_id"], "to_stage_id": _stages(api, application["job_id"])["hired"]}
    assert api.post(f"/applications/{application['id']}/move", hired).get_json()["code"] == "use_hire"


def test_one_live_application_per_candidate_and_job(tenant, api):
    application = _application(api, make_application(tenant))
    body = {"candidate_id": application["candidate_id"], "job_id": application["job_id"]}
    assert refused(api.post("/applications", body), 409) == "duplicate"
    ok(api.post(f"/applications/{application['id']}/withdraw", {}))
    ok(api.post("/applications", body), 201)
    assert refused(api.post(f"/applications/{application['id']}/reopen", {}), 409) == "duplicate"


def test_nobody_applies_for_a_job_that_is_not_open(tenant, api):
    body = {"candidate_id": str(make_candidate(tenant)), "job_id": str(make_job(tenant, opened=False))}
    assert api.post("/applications", body).get_json()["code"] == "job_not_open"


def test_a_rejection_mail_waits_a_day_and_is_taken_back_by_a_reopen(tenant, api):
    kept, taken_back = make_application(tenant), make_application(tenant)
    for application in (kept, taken_back):
        assert refused(api.post(f"/applications/{application}/reject", {}), 422) == "reason_missing"
        ok(api.post(f"/applications/{application}/reject", REASON))
    assert ok(api.post(f"/applications/{taken_back}/reopen", {}))["stage_kind"] == "applied"
    tenant.run_jobs()
    rejected = [m for m in ok(api.get("/email-messages"))["data"] if m["template"] == "application_rejected"]
    assert sorted(mail["status"] for mail in rejected) == ["cancelled", "queued"]
    with time_machine.travel(clock.now() + timedelta(hours=25)):
        tenant.run_jobs()
    with tenant.bound():
        query = EmailMessageQuery(status="sent")
        sent = [mail.template for mail in email_message_service.list_messages(query).data]
    assert sent.count("application_rejected") == 1


def test_the_last_opening_fills_the_job_and_nobody_is_hired_beyond(tenant, api):
    job = make_job(tenant, openings=2)
    applications = [make_application(tenant, make_candidate(tenant), job) for _ in range(3)]
    for application in applications[:2]:
        ok(api.post(f"/applications/{application}/hire", {}))
    assert ok(api.get(f"/jobs/{job}"))["status"] == "filled"
    assert api.post(f"/applications/{applications[2]}/hire", {}).get_json()["code"] == "no_opening"
    ok(api.post(f"/applications/{applications[0]}/unhire", {}))
    reopened = ok(api.get(f"/jobs/{job}"))
    assert (reopened["status"], reopened["hired"]) == ("open", 1)
    openings = ok(api.get(f"/jobs/{job}/openings"))["data"]
    assert [(each["number"], each["application_id"]) for each in openings] == [(1, None), (2, str(applications[1]))]
    assert _application(api, applications[0])["stage_kind"] == "applied", "where it was before the hire"


def test_hiring_without_an_offer_is_not_for_recruiters(tenant):
    recruiter = tenant.api("RECRUITER")
    application = make_application(tenant, make_candidate(tenant, owner_id=tenant.users["RECRUITER"]))
    assert "unhire" not in _application(recruiter, application)["allowed_actions"]
    assert recruiter.post(f"/applications/{application}/hire", {}).get_json()["code"] == "offer_needed"
    ok(tenant.api().post(f"/applications/{application}/hire", {}))
    assert refused(recruiter.post(f"/applications/{application}/unhire", {}), 403) == "permission_missing"


@settings(max_examples=15, deadline=None, suppress_health_check=list(HealthCheck), database=None)
@given(actions=st.lists(st.sampled_from(["reject", "withdraw", "reopen", "hire", "unhire"]), max_size=8))
def test_no_path_breaks_the_machine(tenant, actions):
    """Whatever is tried in whatever order: the state is what the table says, the openings add up."""
    api = tenant.api()
    application_id = make_application(tenant)
    state = ApplicationStatus.ACTIVE
    for action in actions:
        step = APPLICATION_MACHINE.find(state, action)
        response = api.post(f"/applications/{application_id}/{action}", REASON)
        assert (response.status_code == 200) == (step is not None)
        state = step.target if step else state
    found = _application(api, application_id)
    job = ok(api.get(f"/jobs/{found['job_id']}"))
    assert found["status"] == state and job["hired"] == (state == ApplicationStatus.HIRED)
