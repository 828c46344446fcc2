"""Duplicates are suggested with reasons and never by name alone; a merge is taken back byte for byte."""

from __future__ import annotations

from typing import Any

import pytest
import sqlalchemy as sa
import time_machine
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from app.extensions import db
from app.models import Candidate
from app.services.duplicates import candidate_merge_rows, candidate_merge_service, duplicate_scoring
from app.services.duplicates.duplicate_scoring import Person
from tests.factories.application import make_application
from tests.factories.candidate import make_candidate, resume_text, share_contacts
from tests.factories.candidate_resume import make_document, make_resume
from tests.factories.candidate_things import make_note, make_pool, make_search, make_tag, make_task
from tests.factories.client import ok, refused
from tests.factories.interview import make_interview
from tests.factories.job import make_job
from tests.factories.offer import make_offer

ADA = Person("Ada Horn", emails=frozenset({"ada.horn@one.example"}), employers=("Castellan Software",))


@pytest.mark.parametrize(
    ("other", "suggested"),
    [
        (Person("Ada Horn"), False),
        (Person("Horn, Ada", headline="Engineer"), False),
        (Person("Ada Horn", employers=("Castellan Software GmbH",)), True),
        (Person("Ada Hornn", emails=frozenset({"ada.horn@two.example"})), True),
        (Person("Peter Pan", emails=frozenset({"ada.horn@two.example"}), employers=("Castellan Software",)), False),
        (Person("A. H.", named=frozenset({"ada.horn@one.example"})), True),
    ],
)
def test_a_name_alone_never_suffices(other, suggested):
    assert (duplicate_scoring.compare(ADA, other) is not None) == suggested
    assert (duplicate_scoring.compare(other, ADA) is not None) == suggested


def test_duplicates_are_suggested_with_reasons_and_dismissed_for_good(tenant, api):
    values = {"location": "Hamburg", "headline": "Data Engineer"}
    first = make_candidate(tenant, name="Mona Costa", emails=["mona.costa@one.example"], **values)
    second = make_candidate(tenant, name="Mona Kosta", emails=["mona.costa@two.example"], **values)
    make_candidate(tenant, name="Mona Costa")  # the name alone
    tenant.run_jobs()
    found = ok(api.get("/candidate-duplicates"))["data"]
    assert [(each["first_id"], each["second_id"]) for each in found] == [tuple(sorted((str(first), str(second))))]
    assert {"similar_name", "same_email_name"} <= {reason["reason"] for reason in found[0]["reasons"]}
    ok(api.post(f"/candidate-duplicates/{found[0]['id']}/dismiss"))
    ok(api.patch(f"/candidates/{first}", {"location": "Bremen"}))
    tenant.run_jobs()
    assert [each["status"] for each in ok(api.get(f"/candidate-duplicates?candidate_id={first}"))["data"]] == [
        "dismissed"
    ]
    assert ok(tenant.api("RECRUITER").get("/candidate-duplicates"))["data"] == []


def test_a_suggestion_goes_with_its_reasons(tenant, api):
    make_candidate(tenant, name="Mona Costa", emails=["mona.costa@one.example"])
    second = make_candidate(tenant, name="Mona Costa", emails=["mona.costa@two.example"])
    tenant.run_jobs()
    assert len(ok(api.get("/candidate-duplicates"))["data"]) == 1
    ok(api.patch(f"/candidates/{second}", {"name": "Peter Pan"}))
    tenant.run_jobs()
    assert ok(api.get("/candidate-duplicates"))["data"] == []


def test_a_resume_that_names_anothers_address_tells(tenant, api):
    ok(api.upload("/candidate-resumes", resume_text("Mona Costa")), 202)
    tenant.run_jobs()
    owner = ok(api.get("/candidates"))["data"][0]["id"]
    contact = ok(api.get(f"/candidates/{owner}"))["contacts"][0]["value"]
    other = make_candidate(tenant, name="Quite Different")
    text = f"Quite Different\n{contact}\n\nExperience\nClerk | Elbe GmbH | 2019 - 2020\n".encode()
    ok(api.upload("/candidate-resumes", text, candidate_id=str(other)), 202)
    tenant.run_jobs()
    reasons = ok(api.get(f"/candidate-duplicates?candidate_id={other}"))["data"][0]["reasons"]
    assert [reason["reason"] for reason in reasons] == ["shared_contact"], "a point counts once"
    ok(api.patch(f"/candidates/{owner}", {"name": "Mona Kostova"}))
    tenant.run_jobs()
    (kept,) = ok(api.get(f"/candidate-duplicates?candidate_id={owner}"))["data"]
    assert kept["reasons"] == reasons, "whichever of the two was looked at last"


def test_a_switchboard_that_ends_as_somebodys_number_is_no_reason_from_either_side(tenant, api):
    for number in range(12):
        with tenant.bound():
            share_contacts(make_candidate(tenant, name=f"Clerk {chr(65 + number)}"), phones=["+494012345670"])
    own = {"name": "Clerk A", "phones": ["+493012345670"]}
    ok(api.post("/candidates", own), 201)
    tenant.run_jobs()
    assert ok(api.get("/candidate-duplicates"))["data"] == []


def _merge(api, winner, loser, status=200, **more):
    return ok(api.post("/candidate-merges", {"winner_id": str(winner), "loser_id": str(loser), **more}), status)


def test_a_preview_shows_whose_value_is_taken_and_does_nothing(tenant, api):
    winner = make_candidate(tenant, name="Ada", headline=None, skills=["Python"], notice_days=30)
    loser = make_candidate(tenant, name="Ada Horn", headline="Engineer", skills=["python", "Go"], notice_days=60)
    make_note(tenant, loser)
    shown = _merge(api, winner, loser, dry_run=True, choices={"notice_days": "loser"})
    fields = {each["field"]: (each["result"], each["side"]) for each in shown["fields"]}
    assert fields == {
        "name": ("Ada", "winner"),
        "headline": ("Engineer", "loser"),
        "notice_days": (60, "loser"),
        "skills": (["Python", "Go"], None),
    }
    assert shown["id"] is None and shown["moved"]["notes"] == 1
    assert ok(api.get(f"/candidates/{loser}"))["name"] == "Ada Horn"


def test_the_stronger_provenance_wins(tenant, api):
    resume = make_resume(tenant)
    parsed = ok(api.get(f"/candidate-resumes/{resume}"))["candidate_id"]
    typed = make_candidate(tenant, name="Typed By Hand", headline="Typed")
    _merge(api, parsed, typed)
    shown = ok(api.get(f"/candidates/{parsed}"))
    assert (shown["name"], shown["headline"], shown["provenance"]["headline"]) == ("Typed By Hand", "Typed", "human")


def test_the_old_id_leads_to_the_new_one(tenant, api):
    winner, loser, third = (make_candidate(tenant) for _ in range(3))
    _merge(api, loser, third)
    _merge(api, winner, loser)
    for old in (loser, third):
        for answer in (api.get(f"/candidates/{old}"), api.patch(f"/candidates/{old}", {"headline": "x"})):
            assert answer.status_code == 308 and answer.get_json()["merged_into"] == str(winner)
            assert answer.headers["Location"] == f"/api/v1/candidates/{winner}"
    assert refused(tenant.api("RECRUITER").get(f"/candidates/{loser}"), 404) == "not_found"
    types = [event["type"] for event in ok(api.get(f"/candidates/{winner}/activity?limit=200"))["data"]]
    assert types.count("candidate.created") == 3 and "candidate.merged_away" in types


def test_two_live_applications_for_one_job_stand_in_the_way(tenant, api):
    winner, loser, job = make_candidate(tenant), make_candidate(tenant), make_job(tenant)
    for candidate in (winner, loser):
        make_application(tenant, candidate, job)
    answer = api.post("/candidate-merges", {"winner_id": str(winner), "loser_id": str(loser)})
    assert (answer.status_code, answer.get_json()["code"]) == (409, "both_applied")


def test_what_is_out_of_sight_is_not_merged(tenant):
    lead = tenant.api("TEAM_LEAD")
    own, foreign = make_candidate(tenant, owner_id=tenant.users["TEAM_LEAD"]), make_candidate(tenant)
    _merge(lead, own, foreign, status=404)
    _merge(tenant.api("RECRUITER"), own, own, status=403)


def test_what_changed_since_is_given_up_only_when_told(tenant, api):
    winner, loser = make_candidate(tenant, headline="A"), make_candidate(tenant, headline="B")
    merged = _merge(api, winner, loser)
    ok(api.patch(f"/candidates/{winner}", {"headline": "C"}))
    answer = api.post(f"/candidate-merges/{merged['id']}/undo", {})
    assert (answer.status_code, answer.get_json()["code"]) == (409, "changed_since")
    ok(api.post(f"/candidate-merges/{merged['id']}/undo", {"discard_changes": True}))
    assert [ok(api.get(f"/candidates/{each}"))["headline"] for each in (winner, loser)] == ["A", "B"]


def test_after_thirty_days_a_merge_stays(app, tenant):
    winner, loser = make_candidate(tenant), make_candidate(tenant)
    merged = _merge(tenant.api(), winner, loser)
    with time_machine.travel("2027-12-01T00:00:00Z", tick=False), tenant.bound():
        candidate_merge_service.forget_snapshots()
    answer = tenant.api().post(f"/candidate-merges/{merged['id']}/undo", {})
    assert (answer.status_code, answer.get_json()["code"]) == (409, "too_late")
    assert tenant.api().get(f"/candidates/{loser}").status_code == 308


def test_merges_into_one_winner_are_taken_back_in_their_order(tenant, api):
    """Else the second would write back a winner that holds facts of the first."""
    winner, first, second = (make_candidate(tenant, skills=[f"S{number}"]) for number in range(3))
    tag = make_tag(tenant)
    for candidate in (first, second):
        ok(api.put(f"/candidates/{candidate}/tags/{tag}", None), 204)
    merges = [_merge(api, winner, loser)["id"] for loser in (first, second)]
    answer = api.post(f"/candidate-merges/{merges[0]}/undo", {"discard_changes": True})
    assert (answer.status_code, answer.get_json()["code"]) == (409, "merged_since")
    for merge in reversed(merges):
        ok(api.post(f"/candidate-merges/{merge}/undo", {"discard_changes": True}))
    assert ok(api.get(f"/candidates/{winner}"))["skills"] == ["S0"]
    tagged = {each["id"] for each in ok(api.get(f"/candidates?tag_id={tag}"))["data"]}
    assert tagged == {str(first), str(second)}


def test_merges_are_taken_back_in_their_order(tenant, api):
    first, second, third = (make_candidate(tenant, headline=str(number)) for number in range(3))
    inner, outer = _merge(api, second, third), _merge(api, first, second)
    early = api.post(f"/candidate-merges/{inner['id']}/undo", {})
    assert (early.status_code, early.get_json()["code"]) == (409, "merged_since")
    for each in (outer, inner):
        ok(api.post(f"/candidate-merges/{each['id']}/undo", {}))
    assert [ok(api.get(f"/candidates/{each}"))["headline"] for each in (first, second, third)] == ["0", "1", "2"]


def _whole(tenant, *candidates: Any) -> dict:
    """Every byte of the candidates and of what belongs to them."""
    with tenant.bound():
        return {
            str(candidate): {
                "row": candidate_merge_rows.row_of(candidate),
                **{
                    table.name: candidate_merge_rows.rows_of(table, candidate)
                    for table in candidate_merge_rows.children()
                },
            }
            for candidate in candidates
        }


CHOICES = st.dictionaries(
    st.sampled_from(["name", "headline", "skills", "owner_id"]), st.sampled_from(["winner", "loser"])
)
THINGS = st.sets(
    st.sampled_from(["note", "task", "tag", "pool", "favorite", "document", "resume", "application", "owner"])
)


@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(things=st.tuples(THINGS, THINGS), choices=CHOICES)
def test_merge_and_undo_leave_every_byte(tenant, things, choices):
    api, tag, pool, job = tenant.api(), make_tag(tenant), make_pool(tenant), make_job(tenant)
    pair = [make_candidate(tenant, headline=f"H{number}", skills=[f"s{number}", "Python"]) for number in range(2)]
    users = [tenant.users["RECRUITER"], tenant.users["MANAGER"]]
    for candidate, kinds, user in zip(pair, things, users, strict=True):
        {"note" in kinds and make_note(tenant, candidate), "task" in kinds and make_task(tenant, candidate)}
        if "tag" in kinds:
            ok(api.put(f"/candidates/{candidate}/tags/{tag}", None), 204)
        if "pool" in kinds:
            ok(api.put(f"/talent-pools/{pool}/candidates/{candidate}", None), 204)
        if "favorite" in kinds:
            ok(api.put(f"/favorite-candidates/{candidate}", None), 204)
        if "document" in kinds:
            make_document(tenant, candidate)
        if "resume" in kinds:
            ok(api.upload("/candidate-resumes", resume_text("Mona Costa"), candidate_id=str(candidate)), 202)
        if "owner" in kinds:
            ok(api.post(f"/candidates/{candidate}/assign", {"user_id": str(user)}))
    if "application" in things[1]:
        make_application(tenant, pair[1], job)
    before = _whole(tenant, *pair)
    with tenant.bound():
        merged = _merge(api, *pair, choices=choices)
        ok(api.post(f"/candidate-merges/{merged['id']}/undo", {}))
    after = _whole(tenant, *pair)
    winner = str(pair[0])
    for name in ("version", "updated_at"):  # which only go forward
        assert after[winner]["row"].pop(name) > before[winner]["row"].pop(name)
    assert after == before


def test_no_derived_row_is_left_of_the_loser(tenant, api):
    winner, loser = make_candidate(tenant), make_candidate(tenant, skills=["Haskell"])
    make_search(tenant)
    _merge(api, winner, loser)
    assert [hit["id"] for hit in ok(api.get("/candidates/search?q=haskell"))["data"]] == [str(winner)]
    with tenant.bound():
        assert db.session.scalar(sa.select(Candidate.id).where(Candidate.id == loser)) is None
    assert ok(api.get("/tenant/usage"))["candidates"]["used"] == 1


def test_what_came_after_a_merge_is_found_and_has_a_primary_resume_after_the_undo(tenant, api):
    winner, loser = make_candidate(tenant), make_candidate(tenant)
    ok(api.upload("/candidate-resumes", resume_text("Mona Costa"), candidate_id=str(loser)), 202)
    merged = _merge(api, winner, loser)
    ok(
        api.upload("/candidate-resumes", resume_text("Mona Costa") + b"\nKnows zyzzyvas.", candidate_id=str(winner)),
        202,
    )
    tenant.run_jobs()
    ok(api.post(f"/candidate-merges/{merged['id']}/undo", {"discard_changes": True}))
    for candidate in (winner, loser):
        resumes = ok(api.get(f"/candidate-resumes?candidate_id={candidate}"))["data"]
        assert [each["is_primary"] for each in resumes] == [True]
    assert [hit["id"] for hit in ok(api.get("/candidates/search?q=zyzzyvas"))["data"]] == [str(winner)]


def test_a_merge_is_taken_back_though_the_owner_is_gone(tenant, api):
    recruiter, lead = tenant.users["RECRUITER"], tenant.users["TEAM_LEAD"]
    winner, loser = make_candidate(tenant), make_candidate(tenant, owner_id=recruiter)
    merged = _merge(api, winner, loser)
    ok(api.post(f"/users/{recruiter}/reassignment", {"to_user_id": str(lead)}))
    ok(api.delete(f"/users/{recruiter}"), 204)
    ok(api.post(f"/candidate-merges/{merged['id']}/undo", {"discard_changes": True}))
    assert [ok(api.get(f"/candidates/{each}"))["owner_id"] for each in (winner, loser)] == [None, None]


def test_who_was_said_to_be_another_stays_so_after_an_undo(tenant, api):
    values = {"location": "Hamburg", "headline": "Data Engineer"}
    first = make_candidate(tenant, name="Mona Costa", emails=["mona.costa@one.example"], **values)
    make_candidate(tenant, name="Mona Kosta", emails=["mona.costa@two.example"], **values)
    tenant.run_jobs()
    pair = ok(api.get("/candidate-duplicates"))["data"][0]
    ok(api.post(f"/candidate-duplicates/{pair['id']}/dismiss"))
    merged = _merge(api, make_candidate(tenant), first)
    ok(api.post(f"/candidate-merges/{merged['id']}/undo", {}))
    tenant.run_jobs()
    assert [each["status"] for each in ok(api.get(f"/candidate-duplicates?candidate_id={first}"))["data"]] == [
        "dismissed"
    ]


def test_what_was_added_to_an_application_since_goes_back_with_it(tenant, api):
    winner, loser = make_candidate(tenant), make_candidate(tenant)
    application = make_application(tenant, loser)
    merged = ok(api.post("/candidate-merges", {"winner_id": str(winner), "loser_id": str(loser)}))
    offer, interview = make_offer(tenant, application), make_interview(tenant, application, "MANAGER")
    ok(api.post(f"/candidate-merges/{merged['id']}/undo", {"discard_changes": True}))
    for path in (f"/applications/{application}", f"/offers/{offer}", f"/interviews/{interview}"):
        assert ok(api.get(path))["candidate_id"] == str(loser), path
