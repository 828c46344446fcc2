"""Fields of a candidate, the tenant's own fields, tags, pools, notes, tasks, assignments, bookmarks."""

from __future__ import annotations

import pytest
import sqlalchemy as sa
import time_machine

from app.extensions import db
from app.models import CandidateAssignment, row_visibility
from app.models.base.tenancy import tenant_tables
from app.services.collaboration import task_service
from tests.factories.candidate import candidate_body, make_candidate
from tests.factories.candidate_things import make_field, make_note, make_pool, make_tag, make_task
from tests.factories.client import ok, refused
from tests.factories.mailbox import mails

FULL = {
    "name": "Grace Hopper",
    "given_name": "Grace",
    "family_name": "Hopper",
    "preferred_name": "Amazing Grace",
    "headline": "Rear Admiral",
    "location": "Arlington, US",
    "years_experience": 43.5,
    "skills": ["COBOL", "Python"],
    "skill_use": [{"skill": "COBOL", "years": 20.0, "last_used": 1986}],
    "languages": [{"language": "en", "level": "native"}, {"language": "de", "level": None}],
    "work_authorizations": [{"country": "US", "right": "citizen", "expires_on": None}],
    "notice_days": 90,
    "available_from": "2027-02-01",
    "preferred_roles": ["Compiler Engineer"],
    "preferred_locations": ["New York"],
    "preferred_workplace": "hybrid",
    "preferred_language": "de",
    "source": "referral",
    "source_detail": "Howard Aiken",
    "source_url": "https://example.com/jobs?utm=1",
}


def test_every_field_is_kept_and_changed(api):
    shown = ok(api.post("/candidates", FULL), 201)
    assert {name: shown[name] for name in FULL} == FULL
    assert ok(api.get(f"/candidates/{shown['id']}")) == shown
    changes = {"languages": [{"language": "fr", "level": "A2"}], "notice_days": None, "preferred_roles": []}
    changed = ok(api.patch(f"/candidates/{shown['id']}", changes))
    assert {name: changed[name] for name in changes} == changes
    assert changed["provenance"]["languages"] == "human"


@pytest.mark.parametrize(
    "bad",
    [
        {"languages": [{"language": "xx"}]},
        {"languages": [{"language": "de"}, {"language": "de"}]},
        {"work_authorizations": [{"country": "ZZ", "right": "citizen"}]},
        {"preferred_roles": ["a role"] * 11},
        {"notice_days": 731},
        {"years_experience": 70.1},
        {"available_from": "soon"},
        {"skill_use": [{"skill": "Python", "years": -1}]},
        {"source_url": "javascript:alert(1)"},
    ],
)
def test_fields_out_of_bounds_are_refused(api, bad):
    assert refused(api.post("/candidates", candidate_body(**bad)), 422) == "validation_failed"


GOOD_VALUES = {
    "text": "fine",
    "number": 42,
    "date": "2026-12-24",
    "choice": "M",
    "multi_choice": ["S", "L"],
    "boolean": False,
    "url": "https://example.com/a",
}
BAD_VALUES = {
    "text": 1,
    "number": True,
    "date": "2026-02-30",
    "choice": "XXL",
    "multi_choice": ["S", "S"],
    "boolean": "yes",
    "url": "javascript:alert(1)",
}


@pytest.fixture
def own_fields(tenant):
    for kind in GOOD_VALUES:
        make_field(tenant, kind, choices=["S", "M", "L"] if "choice" in kind else [])


def test_values_of_own_fields_are_kept_checked_and_taken_away(api, own_fields):
    candidate = ok(api.post("/candidates", candidate_body(custom_fields=GOOD_VALUES)), 201)
    assert candidate["custom_fields"] == GOOD_VALUES
    answer = api.patch(f"/candidates/{candidate['id']}", {"custom_fields": BAD_VALUES})
    assert refused(answer, 422) == "custom_field"
    wrong = {error["pointer"].rpartition("/")[2] for error in answer.get_json()["errors"]}
    assert wrong == set(BAD_VALUES)
    changed = ok(api.patch(f"/candidates/{candidate['id']}", {"custom_fields": {"text": None, "number": 4.5}}))
    assert changed["custom_fields"] == {**{k: v for k, v in GOOD_VALUES.items() if k != "text"}, "number": 4.5}


def test_unknown_and_archived_fields_take_no_values(api, own_fields):
    assert refused(api.post("/candidates", candidate_body(custom_fields={"unknown": "x"})), 422) == "custom_field"
    field = next(each for each in ok(api.get("/custom-fields"))["data"] if each["key"] == "text")
    ok(api.patch(f"/custom-fields/{field['id']}", {"is_archived": True}))
    assert refused(api.post("/candidates", candidate_body(custom_fields={"text": "x"})), 422) == "custom_field"


def test_a_field_of_choices_has_choices_and_no_other(api):
    body = {"key": "size", "label": "Size", "kind": "choice"}
    assert refused(api.post("/custom-fields", body), 422) == "validation_failed"
    assert refused(api.post("/custom-fields", {**body, "kind": "text", "choices": ["S"]}), 422) == "validation_failed"
    ok(api.post("/custom-fields", {**body, "choices": ["S"]}), 201)
    assert refused(api.post("/custom-fields", {**body, "choices": ["S"]}), 409) == "duplicate"


def test_upsert_by_contact_updates_the_one_who_is_there(api):
    body = {"name": "Ada", "emails": ["ada@people.example"], "phones": ["+494030080123"], "notice_days": 30}
    first = ok(api.put("/candidates/by-contact", body))
    assert first["created"]
    again = {"name": "Ada Horn", "emails": ["ADA@people.example", "second@people.example"], "headline": "Engineer"}
    second = ok(api.put("/candidates/by-contact", again))
    assert not second["created"] and second["candidate"]["id"] == first["candidate"]["id"]
    shown = second["candidate"]
    assert (shown["name"], shown["headline"], shown["notice_days"]) == ("Ada Horn", "Engineer", 30)
    values = {point["value"] for point in shown["contacts"]}
    assert values == {"ada@people.example", "second@people.example", "+494030080123"}


def test_upsert_by_points_of_two_people_is_refused(api):
    ok(api.post("/candidates", {"name": "A", "emails": ["a@people.example"]}), 201)
    ok(api.post("/candidates", {"name": "B", "phones": ["+494030080124"]}), 201)
    both = {"name": "C", "emails": ["a@people.example"], "phones": ["+494030080124"]}
    answer = api.put("/candidates/by-contact", both)
    assert (answer.status_code, answer.get_json()["code"]) == (409, "contacts_of_several")
    nobody = api.put("/candidates/by-contact", {"name": "C", "links": ["https://example.com/c"]})
    assert (nobody.status_code, nobody.get_json()["code"]) == (422, "no_contact")


def test_tags_are_one_per_name_and_counted(tenant, api):
    tag = make_tag(tenant, "Ready  to relocate")
    assert refused(api.post("/candidate-tags", {"name": "ready to RELOCATE"}), 409) == "duplicate"
    first, second = make_candidate(tenant), make_candidate(tenant)
    for _ in range(2):
        ok(api.put(f"/candidates/{first}/tags/{tag}", None), 204)
    assert [each["candidate_count"] for each in ok(api.get("/candidate-tags"))["data"]] == [1]
    assert [each["id"] for each in ok(api.get(f"/candidates?tag_id={tag}"))["data"]] == [str(first)]
    assert [each["id"] for each in ok(api.get(f"/candidates/{first}/tags"))["data"]] == [str(tag)]
    assert ok(api.get(f"/candidates/{second}/tags"))["data"] == []
    ok(api.delete(f"/candidates/{first}/tags/{tag}"), 204)
    assert ok(api.get(f"/candidates?tag_id={tag}"))["data"] == []


def test_a_deleted_tag_leaves_its_candidates(tenant, api):
    tag, candidate = make_tag(tenant), make_candidate(tenant)
    ok(api.put(f"/candidates/{candidate}/tags/{tag}", None), 204)
    ok(api.delete(f"/candidate-tags/{tag}"), 204)
    assert ok(api.get(f"/candidates/{candidate}/tags"))["data"] == []


def test_pools_hold_candidates_and_count_those_in_sight(tenant, api):
    pool = make_pool(tenant)
    mine, other = make_candidate(tenant, owner_id=tenant.users["RECRUITER"]), make_candidate(tenant)
    for candidate in (mine, other):
        ok(api.put(f"/talent-pools/{pool}/candidates/{candidate}", None), 204)
    assert [each["candidate_count"] for each in ok(api.get("/talent-pools"))["data"]] == [2]
    recruiter = tenant.api("RECRUITER")
    assert [each["candidate_count"] for each in ok(recruiter.get("/talent-pools"))["data"]] == [1]
    assert [each["id"] for each in ok(recruiter.get(f"/candidates?pool_id={pool}"))["data"]] == [str(mine)]
    ok(api.delete(f"/talent-pools/{pool}/candidates/{mine}"), 204)
    assert [each["id"] for each in ok(api.get(f"/talent-pools?candidate_id={other}"))["data"]] == [str(pool)]
    assert ok(api.get(f"/talent-pools?candidate_id={mine}"))["data"] == []


def _reads(api, note):
    return api.get(f"/notes/{note}").status_code == 200


def test_notes_are_read_by_those_they_are_for(tenant):
    lead, recruiter, manager = (tenant.api(role) for role in ("TEAM_LEAD", "RECRUITER", "MANAGER"))
    candidate = make_candidate(tenant, owner_id=tenant.users["RECRUITER"])
    body = {"candidate_id": str(candidate), "body": "Quiet, sharp."}
    notes = {
        visibility: ok(recruiter.post("/notes", {**body, "visibility": visibility}), 201)["id"]
        for visibility in ("public", "team", "private")
    }
    seen = {who: [_reads(api, note) for note in notes.values()] for who, api in (("l", lead), ("m", manager))}
    assert seen == {"l": [True, True, False], "m": [True, True, False]}
    assert len(ok(recruiter.get(f"/notes?candidate_id={candidate}"))["data"]) == 3
    assert len(ok(lead.get(f"/notes?candidate_id={candidate}"))["data"]) == 2
    told = [event["subject_id"] for event in ok(lead.get(f"/candidates/{candidate}/activity"))["data"]]
    assert notes["team"] in told and notes["private"] not in told
    own = [event["subject_id"] for event in ok(recruiter.get(f"/candidates/{candidate}/activity"))["data"]]
    assert notes["private"] in own


def test_only_the_author_changes_a_note(tenant, api):
    candidate = make_candidate(tenant, owner_id=tenant.users["RECRUITER"])
    recruiter = tenant.api("RECRUITER")
    note = ok(recruiter.post("/notes", {"candidate_id": str(candidate), "body": "A"}), 201)
    assert refused(api.patch(f"/notes/{note['id']}", {"body": "B"}), 403) == "not_the_author"
    assert refused(tenant.api("TEAM_LEAD").delete(f"/notes/{note['id']}"), 403) == "permission_missing"
    assert ok(recruiter.patch(f"/notes/{note['id']}", {"body": "B"}))["body"] == "B"
    ok(api.delete(f"/notes/{note['id']}"), 204)


def test_the_mentioned_are_told_once_and_without_the_words(tenant):
    lead, lead_id = tenant.api("TEAM_LEAD"), str(tenant.users["MANAGER"])
    candidate = make_candidate(tenant, owner_id=tenant.users["TEAM_LEAD"])
    body = {"candidate_id": str(candidate), "body": "A secret word", "mentions": [lead_id]}
    note = ok(lead.post("/notes", body), 201)
    ok(lead.patch(f"/notes/{note['id']}", {"body": "Another", "mentions": [lead_id]}))
    tenant.run_jobs()
    told = [mail for mail in mails(tenant.app, tenant.email("MANAGER")) if "mentioned you" in mail["Subject"]]
    assert len(told) == 1 and "secret" not in told[0].as_string()
    unknown = lead.post("/notes", {**body, "mentions": [str(tenant.id)]})
    assert (unknown.status_code, unknown.get_json()["code"]) == (422, "unknown_user")


def test_a_note_of_nobody_is_read_by_keys_only_if_public(tenant, api):
    candidate = make_candidate(tenant)
    public, private = make_note(tenant, candidate), make_note(tenant, candidate, visibility="team")
    key = ok(api.post("/api-keys", {"name": "k", "permissions": ["candidates.view_all", "notes.read"]}), 201)
    api.token = key["secret"]
    assert [_reads(api, note) for note in (public, private)] == [True, False]


def test_tasks_are_done_and_opened_again(tenant, api):
    candidate = make_candidate(tenant)
    task = ok(
        api.post("/tasks", {"candidate_id": str(candidate), "title": "Call", "due_at": "2027-01-01T00:00:00Z"}),
        201,
    )
    assert task["assignee_id"] == str(tenant.users["TENANT_ADMIN"]) and task["done_at"] is None
    assert ok(api.patch(f"/tasks/{task['id']}", {"is_done": True}))["done_at"] is not None
    assert ok(api.get("/tasks?is_done=false"))["data"] == []
    assert ok(api.patch(f"/tasks/{task['id']}", {"is_done": False}))["done_at"] is None


def test_due_tasks_are_told_once(tenant):
    candidate = make_candidate(tenant)
    for _ in range(2):
        make_task(tenant, candidate, assignee_id=tenant.users["MANAGER"], due_at="2027-01-01T00:00:00Z")
    make_task(tenant, candidate, assignee_id=tenant.users["MANAGER"], due_at="2027-02-01T00:00:00Z")
    with time_machine.travel("2027-01-02T06:00:00Z", tick=False), tenant.bound():
        assert [task_service.remind(), task_service.remind()] == [2, 0]
    with time_machine.travel("2027-01-02T06:00:00Z", tick=False):
        tenant.run_jobs()
    told = [mail["Subject"] for mail in mails(tenant.app, tenant.email("MANAGER"))]
    assert told.count("Your due tasks: 2") == 1


def _assignments(tenant, candidate):
    with tenant.bound():
        statement = sa.select(CandidateAssignment).where(CandidateAssignment.candidate_id == candidate)
        rows = db.session.scalars(statement.order_by(CandidateAssignment.id)).all()
        return [(row.user_id, row.status.value) for row in rows]


def test_one_assignment_is_live(tenant, api):
    recruiter, lead = tenant.users["RECRUITER"], tenant.users["TEAM_LEAD"]
    candidate = make_candidate(tenant, owner_id=recruiter)
    assert _assignments(tenant, candidate) == [(recruiter, "active")]
    assert ok(api.post(f"/candidates/{candidate}/assign", {"user_id": str(lead)}))["owner_id"] == str(lead)
    assert _assignments(tenant, candidate) == [(recruiter, "completed"), (lead, "active")]
    assert ok(api.post(f"/candidates/{candidate}/unassign"))["owner_id"] is None
    assert _assignments(tenant, candidate)[-1] == (lead, "cancelled")
    assert refused(api.post(f"/candidates/{candidate}/unassign"), 409) == "not_assigned"
    ok(api.patch(f"/candidates/{candidate}", {"owner_id": str(recruiter)}))
    ok(api.post(f"/users/{recruiter}/reassignment", {"to_user_id": str(lead)}))
    assert _assignments(tenant, candidate)[-2:] == [(recruiter, "completed"), (lead, "active")]


def test_a_broadcast_shows_a_candidate_to_the_whole_tenant(tenant, api):
    candidate = make_candidate(tenant, owner_id=tenant.users["MANAGER"])
    recruiter = tenant.api("RECRUITER")
    assert refused(recruiter.get(f"/candidates/{candidate}"), 404) == "not_found"
    ok(api.put(f"/candidates/{candidate}/broadcast", None))
    assert ok(recruiter.get(f"/candidates/{candidate}"))["is_broadcast"]
    assert [each["id"] for each in ok(recruiter.get("/candidates"))["data"]] == [str(candidate)]
    ok(api.delete(f"/candidates/{candidate}/broadcast"))
    assert refused(recruiter.get(f"/candidates/{candidate}"), 404) == "not_found"


def test_favourites_and_recent_candidates_are_ones_own(tenant, api):
    first, second = make_candidate(tenant), make_candidate(tenant)
    for candidate in (first, second, first):
        ok(api.put(f"/recent-candidates/{candidate}", None), 204)
    assert [each["candidate_id"] for each in ok(api.get("/recent-candidates"))["data"]] == [str(first), str(second)]
    ok(api.put(f"/favorite-candidates/{second}", None), 204)
    assert [each["candidate_id"] for each in ok(api.get("/favorite-candidates"))["data"]] == [str(second)]
    assert ok(tenant.api("MANAGER").get("/favorite-candidates"))["data"] == []
    ok(api.delete(f"/favorite-candidates/{second}"), 204)
    assert ok(api.get("/favorite-candidates"))["data"] == []


def test_the_oldest_of_the_recent_make_room(tenant, api, monkeypatch):
    monkeypatch.setattr("app.services.candidates.candidate_bookmark_service.KEPT", {"recent": 2, "favorite": 2})
    candidates = [make_candidate(tenant) for _ in range(3)]
    for candidate in candidates:
        ok(api.put(f"/recent-candidates/{candidate}", None), 204)
    kept = [each["candidate_id"] for each in ok(api.get("/recent-candidates"))["data"]]
    assert kept == [str(candidates[2]), str(candidates[1])]
    answers = [api.put(f"/favorite-candidates/{candidate}", None).status_code for candidate in candidates]
    assert answers == [204, 204, 409]


def test_every_table_with_a_candidate_has_a_visibility_rule():
    apart = {
        "candidate_words",
        "candidate_matches",
        "applications",
        "candidate_documents",
        "candidate_resumes",
        "candidate_invitations",  # those that the actor's people sent, too
        "events",
        "offers",
        "notes",
        "tasks",
        "notifications",  # the user's own; names of candidates out of sight are null
    }
    walled = {model.__tablename__ for model in row_visibility.OF_ONE_CANDIDATE}
    tables = {table.name for table in tenant_tables() if "candidate_id" in table.columns}
    assert tables - apart == walled, "add the model to models/row_visibility.py"


@pytest.mark.parametrize("bad", ["a\x00b"])
def test_texts_that_no_database_holds_are_refused(tenant, api, bad):
    make_field(tenant, "text")
    bodies = [
        ("/candidates", candidate_body(custom_fields={"text": bad})),
        ("/saved-searches", {"name": "Bad", "query": {"location": bad}}),
        ("/saved-searches", {"name": "Bad", "query": {"q": bad}}),
        ("/saved-searches", {"name": "Bad", "query": {"custom_field": f"text:{bad}"}}),
    ]
    for path, body in bodies:
        assert api.post(path, body).status_code in (400, 422), path


@pytest.mark.parametrize("headers", [{}, {"Idempotency-Key": "once"}], ids=["plain", "with a key"])
def test_a_known_contact_point_names_its_candidate_to_those_who_may_see_it(tenant, headers):
    body = {"name": "Grace Again", "emails": ["grace.known@people.example"]}
    known = make_candidate(tenant, owner_id=tenant.users["TENANT_ADMIN"], emails=body["emails"])
    told = tenant.api().post("/candidates", body, headers=headers)
    assert refused(told, 409) == "duplicate" and told.get_json()["existing_id"] == str(known)
    untold = tenant.api("RECRUITER").post("/candidates", body, headers=headers)
    assert refused(untold, 409) == "duplicate" and "existing_id" not in untold.get_json()
    assert ok(tenant.api().get("/candidates", query_string={"q": "Again"}))["data"] == []
