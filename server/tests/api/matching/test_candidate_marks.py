"""Marks of candidates for a job: seen, shortlisted, passed over."""

from __future__ import annotations

import pytest

from app.models.job_team_member import JobRole
from app.services.matching import candidate_match_service
from tests.factories.application import make_application
from tests.factories.candidate import make_candidate
from tests.factories.client import Api, ok, refused
from tests.factories.job import make_job
from tests.factories.job_part import join, make_member


@pytest.fixture
def job(tenant):
    return make_job(tenant, required_skills=["Python"])


@pytest.fixture
def people(tenant, job):
    found = [make_candidate(tenant, skills=["Python"], owner_id=tenant.users["TENANT_ADMIN"]) for _ in range(4)]
    make_application(tenant, found[0], job)
    with tenant.bound():
        candidate_match_service.refresh(job)
    return [str(each) for each in found]


def _mark(api, job, mark, *people):
    return ok(api.post(f"/jobs/{job}/marks", {"candidate_ids": list(people), "mark": mark}))["data"]


def _listed(api, path, **query):
    return {row["candidate_id"]: row["mark"] for row in ok(api.get(path, query_string=query))["data"]}


def test_marks_stand_beside_matches_and_applicants(tenant, api, job, people):
    done = _mark(api, job, "shortlisted", people[0], people[1])
    admin = str(tenant.users["TENANT_ADMIN"])
    assert [(each["candidate_id"], each["mark"], each["marked_by_id"]) for each in done] == [
        (each, "shortlisted", admin) for each in people[:2]
    ]
    _mark(api, job, "passed_over", people[2])
    matches = f"/jobs/{job}/matches"
    assert _listed(api, matches) == dict(zip(people, ["shortlisted", "shortlisted", "passed_over", None], strict=True))
    assert _listed(api, matches, mark="none,shortlisted").keys() == {people[0], people[1], people[3]}
    assert _listed(api, f"/jobs/{job}/applicants", mark="shortlisted") == {people[0]: "shortlisted"}
    assert _listed(api, f"/jobs/{job}/applicants", mark="none") == {}
    (of_person,) = ok(api.get(f"/candidates/{people[0]}/matches"))["data"]
    assert (of_person["job_id"], of_person["mark"]) == (str(job), "shortlisted")
    other = make_job(tenant)
    with tenant.bound():
        candidate_match_service.refresh(other)
    assert set(_listed(api, f"/jobs/{other}/matches").values()) == {None}


def test_marks_outlive_a_ranking_and_a_look_changes_no_decision(tenant, api, job, people):
    _mark(api, job, "shortlisted", people[0])
    done = _mark(api, job, "seen", *people)
    assert [each["mark"] for each in done] == ["shortlisted", "seen", "seen", "seen"]
    with tenant.bound():
        candidate_match_service.refresh(job)
    assert _listed(api, f"/jobs/{job}/matches", mark="seen").keys() == set(people[1:])
    assert [each["mark"] for each in _mark(api, job, None, people[0], people[0], people[3])] == [None, None]
    assert _listed(api, f"/jobs/{job}/matches", mark="none").keys() == {people[0], people[3]}
    events = ok(api.get("/events?after=0&types=candidate_mark.set"))["data"]
    assert [event["data"]["mark"] for event in events] == ["shortlisted", None, None]


def test_a_hiring_manager_marks_applicants_and_nobody_else(tenant, job, people):
    manager = join(tenant, make_member(tenant), [job], JobRole.HIRING_MANAGER)
    assert _mark(manager, job, "shortlisted", people[0])[0]["mark"] == "shortlisted"
    body = {"candidate_ids": people[:2], "mark": "passed_over"}
    assert refused(manager.post(f"/jobs/{job}/marks", body), 404) == "not_found"
    assert _listed(tenant.api(), f"/jobs/{job}/matches", mark="passed_over") == {}
    sourcer = join(tenant, make_member(tenant), [job], JobRole.SOURCER)
    assert sourcer.post(f"/jobs/{job}/marks", {**body, "candidate_ids": people[:1]}).status_code in (403, 404)


def test_a_merge_keeps_the_winners_mark_and_its_undo_gives_back_both(api, job, people):
    winner, loser = people[2], people[3]
    _mark(api, job, "shortlisted", winner)
    _mark(api, job, "passed_over", loser)
    merge = ok(
        api.post("/candidate-merges", {"winner_id": winner, "loser_id": loser}, headers={"Idempotency-Key": "m"})
    )
    assert _listed(api, f"/jobs/{job}/matches", mark="shortlisted,passed_over") == {winner: "shortlisted"}
    ok(api.post(f"/candidate-merges/{merge['id']}/undo", {}))
    done = _mark(api, job, "seen", winner, loser)
    assert [each["mark"] for each in done] == ["shortlisted", "passed_over"]


def test_applicants_are_found_by_words_and_expanded(tenant, api, job, people):
    ada = make_candidate(tenant, name="Ada Lovelace")
    make_application(tenant, ada, job)
    query = {"q": "lovelace", "expand": "candidate,owner"}
    (row,) = ok(api.get(f"/jobs/{job}/applicants", query_string=query))["data"]
    assert row["candidate"]["name"] == "Ada Lovelace" and row["job"] is None
    later = {"applied_at[gte]": "2100-01-01T00:00:00Z"}
    assert ok(api.get(f"/jobs/{job}/applicants", query_string=later))["data"] == []


def test_a_part_in_one_job_neither_shows_nor_sets_marks_for_another(tenant, api, job, people):
    other = make_job(tenant)
    make_application(tenant, people[0], other)
    _mark(api, other, "passed_over", people[0])
    manager = join(tenant, make_member(tenant), [job], JobRole.HIRING_MANAGER)
    for mark in ("seen", "shortlisted"):
        body = {"candidate_ids": [people[0]], "mark": mark}
        assert refused(manager.post(f"/jobs/{other}/marks", body), 404) == "not_found"
    assert _listed(api, f"/jobs/{other}/applicants", mark="passed_over") == {people[0]: "passed_over"}
    feeds = ok(manager.get("/events?after=0&limit=200"))["data"]
    feeds += ok(manager.get(f"/candidates/{people[0]}/activity"))["data"]
    assert "candidate_mark.set" not in {event["type"] for event in feeds}


def test_a_batch_with_an_unknown_candidate_says_which(api, job, people):
    unknown = "0197f3a2-5c1e-7d10-9f5c-6f2f8f0a7b12"
    answer = api.post(f"/jobs/{job}/marks", {"candidate_ids": [people[0], unknown], "mark": "seen"})
    assert refused(answer, 404) == "not_found"
    assert [error["pointer"] for error in answer.get_json()["errors"]] == ["/candidate_ids/1"]


def test_marks_need_the_right_to_see_matches(tenant, api, job, people):
    _mark(api, job, "shortlisted", people[0])
    made = api.post(
        "/api-keys", {"name": "K", "permissions": ["applications.read", "jobs.read", "candidates.view_all"]}
    )
    key = Api(tenant.app, ok(made, 201)["secret"])
    assert _listed(key, f"/jobs/{job}/applicants") == {people[0]: None}
    wrong = key.get(f"/jobs/{job}/applicants", query_string={"mark": "shortlisted"})
    assert refused(wrong, 403) == "field_not_permitted"


def test_who_marked_can_be_deleted(tenant, api, job, people):
    person = make_candidate(tenant, skills=["Python"], owner_id=tenant.users["RECRUITER"])
    _mark(tenant.api("RECRUITER"), job, "seen", str(person))
    ok(api.patch(f"/candidates/{person}", {"owner_id": str(tenant.users["TENANT_ADMIN"])}))
    answer = api.delete(f"/users/{tenant.users['RECRUITER']}")
    assert answer.status_code == 204 or "candidate_marks" not in answer.text
