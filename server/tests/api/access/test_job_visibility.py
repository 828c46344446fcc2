"""What hiring teams and panels see: exactly their job's applications, until they leave."""

from __future__ import annotations

from datetime import timedelta

import pytest

from app.extensions import db
from app.models import InterviewPanelist, InterviewScorecard
from app.models.job_access import TEAM
from app.models.job_team_member import JobRole
from app.services.matching import candidate_match_service
from app.utils import clock
from tests.factories.application import make_application
from tests.factories.candidate import make_candidate
from tests.factories.candidate_resume import make_resume
from tests.factories.candidate_things import make_pool
from tests.factories.careers import make_form
from tests.factories.client import Api, ok, refused
from tests.factories.interview import in_days, make_interview
from tests.factories.job import make_job
from tests.factories.job_part import PANEL, join, make_member
from tests.factories.offer import PAY, make_offer
from tests.factories.raw_writes import raw_writes

HIRING_MANAGER, RECRUITER, COORDINATOR = JobRole.HIRING_MANAGER, JobRole.RECRUITER, JobRole.COORDINATOR


class Case:
    """A job with an applicant, who has also applied for another job, and somebody who has applied for neither."""

    def __init__(self, tenant):
        self.tenant, owner = tenant, tenant.users["TENANT_ADMIN"]
        self.job, self.other_job = make_job(tenant), make_job(tenant, title="Other job")
        contacts = {"emails": ["ada.case@people.example"], "phones": ["+494030012345"]}
        self.candidate = make_candidate(tenant, name="Ada Case", owner_id=owner, expected_pay=PAY, **contacts)
        self.stranger = make_candidate(tenant, name="Bert Stranger", owner_id=owner)
        self.application = make_application(tenant, self.candidate, self.job)
        self.elsewhere = make_application(tenant, self.candidate, self.other_job)

    def member(self, part, job=None, **options):
        return join(self.tenant, make_member(self.tenant, **options), [job or self.job], part)


@pytest.fixture
def case(tenant):
    return Case(tenant)


def _ids(api, path, **query):
    return [row["id"] for row in ok(api.get(path, query_string=query))["data"]]


def test_a_hiring_managers_lists_equal_the_administrators_for_the_job_and_are_empty_elsewhere(tenant, case):
    manager, admin = case.member(HIRING_MANAGER), tenant.api()
    for _ in range(4):
        make_application(tenant, None, case.job)
        make_application(tenant)
    for path in ("/applications", f"/jobs/{case.job}/board", f"/jobs/{case.job}/matches", "/reports/funnel"):
        query = {"job_id": str(case.job)} if path in ("/applications", "/reports/funnel") else {}
        own, whole = (ok(each.get(path, query_string=query)) for each in (manager, admin))
        assert own == whole, path
    assert len(_ids(manager, "/applications")) == 5 == len(_ids(manager, "/candidates"))
    board = ok(manager.get(f"/jobs/{case.other_job}/board"))
    assert sum(stage["count"] for stage in board["stages"]) == 0
    lines = ok(manager.get("/reports/funnel", query_string={"job_id": str(case.other_job)}))["lines"]
    assert {figure["row_count"] for line in lines for figure in line["figures"].values()} == {0}


def test_other_applications_of_the_same_person_stay_invisible(case):
    manager = case.member(HIRING_MANAGER)
    assert _ids(manager, "/applications") == [str(case.application)]
    assert refused(manager.get(f"/applications/{case.elsewhere}"), 404) == "not_found"
    (item,) = ok(manager.get("/candidates"))["data"]
    assert (item["id"], item["application_count"]) == (str(case.candidate), 1)
    seen = (
        ok(manager.get(f"/candidates/{case.candidate}/activity"))["data"] + ok(manager.get("/events?after=0"))["data"]
    )
    assert seen and str(case.elsewhere) not in {each["subject_id"] for each in seen}
    assert str(case.application) in {each["subject_id"] for each in seen}
    assert str(case.stranger) not in str(seen)


def test_contact_points_answers_and_pay_by_the_table(tenant, case):
    make_form(tenant, case.application)
    for part in (*JobRole, None):
        opens, api = TEAM[JobRole(part)] if part else frozenset(), case.member(part)
        answer = api.get(f"/candidates/{case.candidate}")
        if "profile" not in opens:
            assert refused(answer, 404) == "not_found"
            continue
        found = ok(answer)
        assert (found["contacts"] is not None) == ("contact_points" in opens), part
        assert (found["expected_pay"] is not None) == ("pay" in opens), part
        basics = ok(api.get(f"/candidates/{case.candidate}/json-resume"))["basics"]
        assert (basics["email"] is not None) == ("contact_points" in opens), part
        forms = ok(api.get(f"/applications/{case.application}/forms"))["data"]
        assert bool(forms) == ({"answers", "contact_points"} <= opens), part
        by_email = _ids(api, "/candidates", email="ada.case@people.example")
        assert bool(by_email) == ("contact_points" in opens), part
        table = api.get("/candidates/export?format=jsonl").text
        assert ("ada.case@people.example" in table) == ("contact_points" in opens), part
        assert ("72000" in table) == ("pay" in opens) and "Ada Case" in table and "Stranger" not in table


def test_a_resume_opens_without_contact_points(tenant):
    resume = make_resume(tenant)
    found = ok(tenant.api().get(f"/candidate-resumes/{resume}"))
    case = Case(tenant)
    make_application(tenant, found["candidate_id"], case.job)
    address = found["parsed"]["email"]["value"]
    assert address in found["text"]
    for part, is_open in ((HIRING_MANAGER, False), (RECRUITER, True)):
        api = case.member(part)
        shown = ok(api.get(f"/candidate-resumes/{resume}"))
        assert (shown["parsed"]["email"] is not None) is is_open
        assert (address in shown["text"]) is is_open and len(shown["text"]) == len(found["text"])
        assert shown["parsed"]["name"] == found["parsed"]["name"]
        searched = ok(api.get("/candidates/search", query_string={"q": found["parsed"]["name"]["value"]}))
        assert len(searched["data"]) == 1 and (address in str(searched)) <= is_open


def test_leaving_the_team_ends_it_on_the_next_request(tenant, case):
    name = make_member(tenant)
    api = join(tenant, name, [case.job], HIRING_MANAGER)
    assert ok(api.get(f"/applications/{case.application}"))
    resume = make_resume(tenant)
    found = ok(tenant.api().get(f"/candidate-resumes/{resume}"))
    make_application(tenant, found["candidate_id"], case.job)
    link = ok(api.get(f"/candidate-documents/{found['document_id']}/link"))["url"].split("/api/v1")[1]
    assert Api(tenant.app).get(link).status_code == 200
    assert tenant.api().delete(f"/jobs/{case.job}/team/{tenant.users[name]}").status_code == 204
    assert refused(api.get(f"/applications/{case.application}"), 404) == "not_found"
    assert refused(Api(tenant.app).get(link), 404) == "not_found"
    assert _ids(api, "/candidates") == [] == _ids(api, "/applications")


def test_a_panel_opens_from_the_invitation_until_a_fortnight_after_the_scorecard(tenant, case):
    name = make_member(tenant)
    interview = make_interview(tenant, case.application, "RECRUITER", time=None)  # proposed
    api = join(tenant, name, [case.job], None)
    with tenant.bound(), raw_writes():
        db.session.add(InterviewPanelist(interview_id=interview, user_id=tenant.users[name]))
        db.session.commit()
    assert refused(api.get(f"/candidates/{case.candidate}"), 404) == "not_found"
    ok(tenant.api().post(f"/interviews/{interview}/schedule", {"starts_at": in_days(1)}))
    shown = ok(api.get(f"/candidates/{case.candidate}"))
    assert (shown["name"], shown["contacts"], shown["expected_pay"]) == ("Ada Case", None, None)
    assert ok(api.get(f"/applications/{case.application}"))["id"] == str(case.application)
    assert refused(api.get(f"/applications/{case.elsewhere}"), 404) == "not_found"
    assert refused(api.post(f"/applications/{case.application}/reject", {"reason": "Not now"}), 403) == "not_opened"
    card = {"recommendation": "yes", "ratings": [], "submit": True}
    assert ok(api.put(f"/interviews/{interview}/scorecard", card))["submitted_at"]
    for days, status in ((13.9, 200), (14.1, 404)):
        with tenant.bound(), raw_writes():
            db.session.query(InterviewScorecard).update({"submitted_at": clock.now() - timedelta(days=days)})
            db.session.commit()
        assert api.get(f"/candidates/{case.candidate}").status_code == status, days
    assert ok(api.get(f"/interviews/{interview}"))["id"] == str(interview), "it stays in one's own calendar"


def test_a_panel_sees_others_scorecards_after_its_own(tenant, case):
    interview = make_interview(tenant, case.application, "RECRUITER", "TEAM_LEAD")
    ok(tenant.api("TEAM_LEAD").put(f"/interviews/{interview}/scorecard", {"recommendation": "no", "submit": True}))
    name = make_member(tenant)
    api = join(tenant, name, [case.job], PANEL)
    path = f"/interviews/{interview}/scorecards"
    assert ok(api.get(path))["data"] == []
    summary = ok(api.get(f"/applications/{case.application}/scorecard-summary"))
    assert (summary["submitted"], summary["hidden"]) == (1, 1)
    assert _scorecard_events(api) == []
    ok(api.put(f"/interviews/{interview}/scorecard", {"recommendation": "yes", "submit": True}))
    assert len(ok(api.get(path))["data"]) == 2
    assert len(_scorecard_events(api)) == 1, "its own"
    manager = case.member(HIRING_MANAGER)
    assert len(ok(manager.get(path))["data"]) == 2 == len(_scorecard_events(manager))
    with tenant.bound():
        assert db.session.query(InterviewScorecard).count() == 2


def _scorecard_events(api):
    return [each for each in ok(api.get("/events?after=0"))["data"] if each["type"].startswith("interview_scorecard")]


def test_notes_by_their_level(tenant, case):
    for level in ("public", "team", "private"):
        body = {"candidate_id": str(case.candidate), "body": f"A {level} note", "visibility": level}
        ok(tenant.api().post("/notes", body), 201)
    seen = {part: {row["visibility"] for row in ok(case.member(part).get("/notes"))["data"]} for part in JobRole}
    assert seen == {
        JobRole.HIRING_MANAGER: {"public"},
        JobRole.RECRUITER: {"public", "team"},
        JobRole.COORDINATOR: {"public"},
        JobRole.SOURCER: set(),
        JobRole.INTERVIEWER: set(),
    }
    manager = case.member(HIRING_MANAGER)
    ok(manager.post("/notes", {"candidate_id": str(case.candidate), "body": "I like her."}), 201)
    stranger = {"candidate_id": str(case.stranger), "body": "Who is that?"}
    assert refused(manager.post("/notes", stranger), 404) == "not_found"


def test_a_hiring_manager_moves_and_what_follows_does_not_depend_on_what_she_sees(tenant, case):
    manager = case.member(HIRING_MANAGER)
    body = {"reason": "Not for us"}
    assert ok(manager.post(f"/applications/{case.application}/reject", body))["status"] == "rejected"
    queued = ok(tenant.api().get("/email-messages"))["data"]
    assert [each["template"] for each in queued if each["candidate_id"] == str(case.candidate)] == [
        "application_rejected"
    ]
    assert ok(manager.get("/email-messages"))["data"] == []
    assert refused(manager.patch(f"/candidates/{case.candidate}", {"headline": "Mine"}), 403) == "not_opened"
    bulk = {"application_ids": [str(case.elsewhere)], "reason": "Not now"}
    assert (
        ok(manager.post("/applications/bulk/reject", bulk, headers={"Idempotency-Key": "k1"}))["results"][0]["result"]
        == "not_found"
    )


def test_a_transfer_leads_to_no_job_out_of_reach(tenant, case):
    third = make_job(tenant)
    manager = case.member(HIRING_MANAGER)
    path = f"/applications/{case.application}/transfer"
    assert refused(manager.post(path, {"job_id": str(third)}), 403) == "not_visible"
    assert ok(manager.get(f"/applications/{case.application}"))["status"] == "active"
    both = join(tenant, make_member(tenant), [case.job, third], HIRING_MANAGER)
    assert ok(both.post(path, {"job_id": str(third)}), 201)["job_id"] == str(third)


def test_keys_inherit_no_part_in_a_job(tenant, case):
    name = make_member(tenant)
    api = join(tenant, name, [case.job], RECRUITER)
    key = {"name": "Of a member", "permissions": ["applications.read", "candidates.view_own"]}
    secret = ok(api.post("/api-keys", key), 201)["secret"]
    by_key = Api(tenant.app, secret)
    assert _ids(by_key, "/applications") == [] == _ids(by_key, "/candidates")


def test_matches_of_applicants_and_of_no_stranger(tenant, case):
    with tenant.bound():
        candidate_match_service.refresh(case.job)
    whole = ok(tenant.api().get(f"/jobs/{case.job}/matches"))["data"]
    own = ok(case.member(HIRING_MANAGER).get(f"/jobs/{case.job}/matches"))["data"]
    assert len(whole) > 1 and [each for each in whole if each["is_applicant"]] == own != []


def test_offers_and_their_letters_are_for_the_recruiter_of_the_job(tenant, case):
    offer = make_offer(tenant, case.application)
    assert refused(case.member(HIRING_MANAGER).get(f"/offers/{offer}"), 404) == "not_found"
    assert refused(case.member(RECRUITER, case.other_job).get(f"/offers/{offer}"), 404) == "not_found"
    recruiter = case.member(RECRUITER)
    assert ok(recruiter.get(f"/offers/{offer}"))["pay"]["amount"] == "72000.00"
    url = ok(recruiter.post(f"/offers/{offer}/letter"))["url"].split("/api/v1")[1]
    assert Api(tenant.app).get(url).data.startswith(b"%PDF")
    assert case.member(RECRUITER, without=frozenset({"offers.read"})).get(f"/offers/{offer}").status_code == 200


def test_actions_are_explained_by_the_part_in_the_job(tenant, case):
    interview = make_interview(tenant, case.application)
    for part, is_allowed in ((HIRING_MANAGER, False), (COORDINATOR, True)):
        api = case.member(part)
        explained = ok(api.get(f"/interviews/{interview}?explain=actions"))["explained_actions"]
        (cancel,) = [each for each in explained if each["action"] == "cancel"]
        assert (cancel["is_allowed"], cancel["code"]) == (is_allowed, None if is_allowed else "not_opened")
        assert (api.post(f"/interviews/{interview}/cancel", {}).status_code == 200) is is_allowed


def test_the_rule_is_named(tenant, case):
    interview = make_interview(tenant, case.application, "RECRUITER")
    names = {part: make_member(tenant) for part in (HIRING_MANAGER, PANEL, None)}
    for part, name in names.items():
        join(tenant, name, [case.job], part)
    subject = f"candidates:{case.candidate}"

    def rule(part, action, subject=subject):
        query = {"action": action, "subject": subject, "user_id": str(tenant.users[names[part]])}
        return ok(tenant.api().get("/authz/explain", query_string=query))["rule"]

    assert rule(HIRING_MANAGER, "candidates.view_own") == "on_the_hiring_team"
    assert rule(PANEL, "candidates.view_own") == "on_the_panel"
    assert rule(None, "candidates.view_own") == "not_visible"
    assert rule(HIRING_MANAGER, "candidates.update") == "not_opened"
    application = f"applications:{case.application}"
    assert rule(HIRING_MANAGER, "applications.move", application) == "on_the_hiring_team"
    assert rule(PANEL, "applications.move", application) == "not_opened"
    score = "interview_scorecards.create", f"interviews:{interview}"
    assert (rule(PANEL, *score), rule(HIRING_MANAGER, *score)) == ("on_the_panel", "not_opened")


def test_the_team_can_be_explained(tenant, case):
    name = make_member(tenant)
    join(tenant, name, [case.job], HIRING_MANAGER)
    member, *_ = [
        each for each in ok(tenant.api().get(f"/jobs/{case.job}/team?explain=true"))["data"] if each["name"] == name
    ]
    assert member["opens"] == sorted(TEAM[HIRING_MANAGER])
    assert {each["opens"] for each in ok(tenant.api().get(f"/jobs/{case.job}/team"))["data"]} == {None}


def test_an_assignee_sees_and_completes_the_own_task(tenant, case):
    name = make_member(tenant)
    api = join(tenant, name, [case.job], JobRole.SOURCER)
    body = {"candidate_id": str(case.candidate), "title": "Read the resume", "due_at": in_days(0, 23)}
    task = ok(tenant.api().post("/tasks", {**body, "assignee_id": str(tenant.users[name])}), 201)["id"]
    anothers = ok(tenant.api().post("/tasks", body), 201)["id"]
    assert _ids(api, "/tasks") == [task]
    assert ok(api.patch(f"/tasks/{task}", {"is_done": True}))["done_at"]
    assert refused(api.get(f"/tasks/{anothers}"), 404) == "not_found"


def test_marks_are_ones_own(case):
    manager = case.member(HIRING_MANAGER)
    assert manager.put(f"/recent-candidates/{case.candidate}", None).status_code == 204
    assert refused(manager.put(f"/recent-candidates/{case.stranger}", None), 404) == "not_found"


def test_nobody_gives_themselves_more_sight(tenant, case):
    """A team lead may change jobs, but neither join the team of another's job nor take the job over."""
    lead, own = tenant.api("TEAM_LEAD"), tenant.users["TEAM_LEAD"]
    for role in ("recruiter", "hiring_manager"):
        assert refused(lead.put(f"/jobs/{case.job}/team/{own}", {"role": role}), 403) == "self_escalation"
    assert lead.put(f"/jobs/{case.job}/team/{own}", {"role": "interviewer"}).status_code == 204, "opens nothing"
    assert refused(lead.put(f"/jobs/{case.job}/team/{own}", {"role": "sourcer"}), 403) == "self_escalation"
    assert refused(lead.patch(f"/jobs/{case.job}", {"owner_id": str(own)}), 403) == "self_escalation"
    mine = ok(lead.post("/jobs", {"title": "My own job"}), 201)["id"]
    assert lead.put(f"/jobs/{mine}/team/{own}", {"role": "recruiter"}).status_code == 204
    assert tenant.api().put(f"/jobs/{case.job}/team/{own}", {"role": "recruiter"}).status_code == 204
    assert lead.put(f"/jobs/{case.job}/team/{own}", {"role": "hiring_manager"}).status_code == 204, "less than before"


def test_pools_are_not_opened(tenant, case):
    pool = make_pool(tenant)
    assert tenant.api().put(f"/talent-pools/{pool}/candidates/{case.candidate}", None).status_code == 204
    recruiter = case.member(RECRUITER)
    assert (
        _ids(recruiter, "/candidates") == [str(case.candidate)]
        and _ids(recruiter, "/candidates", pool_id=str(pool)) == []
    )
    for path in (f"/candidates/{case.candidate}/activity", "/events?after=0"):
        seen = {each["type"] for each in ok(recruiter.get(path))["data"]}
        assert seen and "candidate.pooled" not in seen, path
