"""Scopes of sight: own, team, all; what is out of sight is not there, and nothing leaves one's sight by mistake."""

from __future__ import annotations

import pytest
import sqlalchemy as sa

from app.extensions import db
from app.models import CandidateMatch
from app.services.access import visibility_service
from app.utils import scope
from tests.factories.application import make_application
from tests.factories.candidate import candidate_body, make_candidate, resume_text
from tests.factories.client import Api, ok, refused
from tests.factories.job import make_job
from tests.factories.tenant import PASSWORD


@pytest.fixture
def second(tenant):
    """A second team under the same manager: its lead and its recruiter, with clients."""
    lead = _add(tenant, "lead2", "TEAM_LEAD", tenant.users["MANAGER"])
    recruiter = _add(tenant, "recruiter2", "RECRUITER", lead[0])
    return {"TEAM_LEAD": lead, "RECRUITER": recruiter}


def _add(tenant, name, role, manager_id):
    email = f"{name}@{tenant.slug}.example"
    body = {"email": email, "name": name, "role": role, "manager_id": str(manager_id), "password": PASSWORD}
    user_id = ok(tenant.api().post("/users", body), 201)["id"]
    token = ok(Api(tenant.app).post("/auth/login", {"email": email, "password": PASSWORD}))["access_token"]
    return user_id, Api(tenant.app, token)


def _names(api, **query):
    return sorted(row["name"] for row in ok(api.get("/candidates", query_string=query))["data"])


@pytest.fixture
def three(tenant, second):
    """A candidate of each team and one of nobody."""
    owners = {"Anna": tenant.users["RECRUITER"], "Bert": second["RECRUITER"][0], "Cleo": None}
    return {name: make_candidate(tenant, name=name, owner_id=owner) for name, owner in owners.items()}


def test_a_team_is_its_lead_and_everybody_below(app, tenant, second):
    with tenant.bound():
        first = frozenset({tenant.users["TEAM_LEAD"], tenant.users["RECRUITER"]})
        assert visibility_service.team_of(tenant.users["TEAM_LEAD"]) == first
        assert visibility_service.team_of(tenant.users["RECRUITER"]) == first
        assert len(visibility_service.team_of(tenant.users["MANAGER"])) == 5


def test_own_and_the_teams_or_all(tenant, second, three):
    assert _names(tenant.api("RECRUITER")) == _names(tenant.api("TEAM_LEAD")) == ["Anna"]
    assert _names(second["RECRUITER"][1]) == _names(second["TEAM_LEAD"][1]) == ["Bert"]
    assert _names(tenant.api("MANAGER")) == ["Anna", "Bert", "Cleo"]
    counted = ok(tenant.api("RECRUITER").get("/candidates", query_string={"include": "total_count", "sort": "name"}))
    assert (counted["total_count"], counted["has_more"]) == (1, False)
    assert _names(tenant.api("RECRUITER"), q="Bert") == _names(tenant.api("RECRUITER"), ids=str(three["Bert"])) == []


def test_a_custom_role_widens_the_sight(tenant, second, three):
    role = ok(tenant.api().post("/roles", {"name": "SEES_ALL", "permissions": ["candidates.view_all"]}), 201)
    assert role["permissions"] == ["candidates.view_all", "candidates.view_assigned", "candidates.view_own"]
    api = tenant.api("RECRUITER")
    assert _names(api) == ["Anna"]
    ok(tenant.api().put(f"/users/{tenant.users['RECRUITER']}/roles", {"role_ids": [role["id"]]}))
    assert _names(api) == ["Anna", "Bert", "Cleo"]


def test_whoever_changes_the_team_sees_another_one_on_the_next_request(tenant, second, three):
    user_id, api = second["RECRUITER"]
    assert _names(api) == ["Bert"]
    ok(tenant.api().patch(f"/users/{user_id}", {"manager_id": str(tenant.users["TEAM_LEAD"])}))
    assert _names(api) == _names(tenant.api("TEAM_LEAD")) == ["Anna", "Bert"]


def test_what_hangs_on_a_candidate_is_seen_with_the_candidate(tenant, second, three):
    job = make_job(tenant)
    seen, hidden = make_application(tenant, three["Anna"], job), make_application(tenant, three["Bert"], job)
    api = tenant.api("RECRUITER")
    ok(api.get(f"/applications/{seen}"))
    assert refused(api.get(f"/applications/{hidden}"), 404) == "not_found"
    assert [row["id"] for row in ok(api.get("/applications"))["data"]] == [str(seen)]
    assert (
        refused(api.post("/applications", {"candidate_id": str(three["Cleo"]), "job_id": str(job)}), 404) == "not_found"
    )
    subjects = {event["subject_id"] for event in ok(api.get("/events", query_string={"limit": 200}))["data"]}
    assert str(three["Anna"]) in subjects and not subjects & {str(three["Bert"]), str(three["Cleo"]), str(hidden)}


def test_a_ranking_is_the_same_whoever_asks_for_it(tenant, second, three):
    job = make_job(tenant)
    ok(tenant.api("RECRUITER").post(f"/jobs/{job}/matches/refresh"))
    with tenant.bound():
        kept = db.session.scalars(sa.select(CandidateMatch.candidate_id).where(CandidateMatch.job_id == job)).all()
    assert set(kept) == set(three.values())
    shown = ok(tenant.api("RECRUITER").get(f"/jobs/{job}/matches"))["data"]
    assert [row["candidate_name"] for row in shown] == ["Anna"]


def test_what_one_adds_stays_in_sight(tenant, second):
    user_id, api = second["RECRUITER"]
    assert ok(api.post("/candidates", candidate_body()), 201)["owner_id"] == user_id
    foreign = candidate_body(owner_id=str(tenant.users["RECRUITER"]))
    assert api.post("/candidates", foreign).get_json()["code"] == "not_visible"
    team_mate = candidate_body(owner_id=second["TEAM_LEAD"][0])
    made = ok(api.post("/candidates", team_mate), 201)
    for owner in (None, str(tenant.users["RECRUITER"])):
        answer = api.patch(f"/candidates/{made['id']}", {"owner_id": owner})
        assert (answer.status_code, answer.get_json()["code"]) == (403, "not_visible")
    assert ok(api.patch(f"/candidates/{made['id']}", {"owner_id": user_id}))["owner_id"] == user_id


def test_an_uploaded_resume_and_its_person_are_the_uploaders(tenant, second):
    user_id, api = second["RECRUITER"]
    resume = ok(api.upload("/candidate-resumes", resume_text("Dora Vale")), 202)
    ok(api.get(f"/candidate-resumes/{resume['id']}"))
    assert refused(tenant.api("RECRUITER").get(f"/candidate-resumes/{resume['id']}"), 404) == "not_found"
    tenant.run_jobs()
    assert _names(api) == ["Dora Vale"] and _names(tenant.api("RECRUITER")) == []
    assert ok(api.get(f"/candidate-resumes/{resume['id']}"))["status"] == "parsed"


def test_a_file_that_is_kept_out_of_sight_is_told_but_not_shown(tenant, second):
    data = resume_text("Enno Brook")
    known = ok(tenant.api("RECRUITER").upload("/candidate-resumes", data), 202)
    response = second["RECRUITER"][1].upload("/candidate-resumes", data)
    assert (response.status_code, response.get_json()["code"]) == (409, "duplicate_document")
    assert known["id"] not in response.text


def test_work_is_handed_over_whole_by_someone_who_sees_less(app, tenant, second, three):
    role = ok(tenant.api().post("/roles", {"name": "STAFFER", "permissions": ["users.update"]}), 201)
    ok(tenant.api().put(f"/users/{second['TEAM_LEAD'][0]}/roles", {"role_ids": [role["id"]]}))
    path = f"/users/{tenant.users['RECRUITER']}/reassignment"
    moved = ok(second["TEAM_LEAD"][1].post(path, {"to_user_id": second["RECRUITER"][0]}))
    assert moved["candidates"] == 1 and _names(second["RECRUITER"][1]) == ["Anna", "Bert"]


def test_the_answer_to_may_they_knows_about_sight(tenant, three, second):
    query = {"action": "candidates.update", "user_id": str(tenant.users["RECRUITER"])}
    for name, rule in (("Anna", "granted"), ("Bert", "not_visible")):
        answer = ok(tenant.api().get("/authz/explain", query_string={**query, "subject": f"candidates:{three[name]}"}))
        assert answer["rule"] == rule


def test_sight_comes_back_after_it_was_lifted(tenant):
    limited = scope.Visibility(owners=frozenset())
    with tenant.app.app_context(), scope.tenant(tenant.id, scope.Actor("user", None, visibility=limited)):
        with scope.unrestricted("a test"):
            assert scope.actor().visibility is None
        assert scope.actor().visibility == limited
