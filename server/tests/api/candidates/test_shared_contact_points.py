"""A shared phone or address is no identity: nobody gets another person's name, facts or resume by it."""

from __future__ import annotations

import io
from uuid import UUID

import pytest
import sqlalchemy as sa
from werkzeug.datastructures import FileStorage

from app.extensions import db
from app.models import CandidateContact
from app.models.candidate_contact import NOBODY
from app.services.candidates import candidate_contact_service, contact_bearers
from tests.factories.candidate import make_candidate, share_contacts
from tests.factories.candidate_resume import make_resume
from tests.factories.careers import apply_by_api, make_posting
from tests.factories.client import ok

PHONE = "+48225557701"
BEATA = f"Beata Lis\nSales Manager\nbeata.lis@people.example\n{PHONE}\n\nSkills\nSales\n".encode()
GRZEGORZ = f"Grzegorz Nowak\nWelder\ngrzegorz@people.example\n{PHONE}\n\nSkills\nMIG, TIG\n".encode()


def _people(api):
    return {each["name"]: each for each in ok(api.get("/candidates"))["data"]}


def _points(api, candidate_id):
    return {point["value"] for point in ok(api.get(f"/candidates/{candidate_id}"))["contacts"]}


def _shared(tenant, candidate_id):
    own = sa.select(CandidateContact).where(CandidateContact.candidate_id == UUID(candidate_id))
    with tenant.bound():
        return sorted((point.value, point.is_shared) for point in db.session.scalars(own))


def _reasons(api, candidate_id):
    found = ok(api.get("/candidate-duplicates", query_string={"candidate_id": candidate_id}))["data"]
    return {reason["reason"] for each in found for reason in each["reasons"]}


def test_a_second_persons_resume_with_a_shared_phone_makes_a_second_candidate(tenant, api):
    first = ok(api.get(f"/candidate-resumes/{make_resume(tenant, BEATA)}"))["candidate_id"]
    before = ok(api.get(f"/candidates/{first}"))
    second = ok(api.get(f"/candidate-resumes/{make_resume(tenant, GRZEGORZ)}"))["candidate_id"]
    tenant.run_jobs()
    assert second != first
    after = ok(api.get(f"/candidates/{first}"))
    for field in ("name", "headline", "skills", "contacts", "location"):
        assert after[field] == before[field], "nothing of hers has changed"
    assert ok(api.get(f"/candidates/{second}"))["name"] == "Grzegorz Nowak"
    assert _points(api, second) == {"grzegorz@people.example", PHONE}, "nothing of his is lost"
    assert "shared_contact" in _reasons(api, second)


def test_the_next_resume_finds_the_one_of_two_who_bears_the_name(tenant, api):
    for text in (BEATA, GRZEGORZ):
        make_resume(tenant, text)
    ids = {name: each["id"] for name, each in _people(api).items()}
    for name in ids:
        text = f"{name}\nConsultant\n{PHONE}\n\nSkills\nPolish\n".encode()
        assert ok(api.get(f"/candidate-resumes/{make_resume(tenant, text)}"))["candidate_id"] == ids[name]


def test_another_persons_resume_with_a_shared_address_makes_a_second_candidate(tenant, api):
    known = make_candidate(tenant, name="Anna Nowak", emails=["family@people.example"], phones=[])
    text = b"Piotr Nowak\nDriver\nfamily@people.example\n\nSkills\nTrucks\n"
    other = ok(api.get(f"/candidate-resumes/{make_resume(tenant, text)}"))["candidate_id"]
    assert other != str(known) and ok(api.get(f"/candidates/{known}"))["name"] == "Anna Nowak"


def test_a_number_without_a_name_recognises_nobody(tenant, api):
    make_candidate(tenant, name="Anna Nowak", phones=[PHONE])
    resume = ok(api.get(f"/candidate-resumes/{make_resume(tenant, f'tel {PHONE}, 2 years of it'.encode())}"))
    assert (resume["status"], resume["candidate_id"]) == ("failed", None)


def test_a_resume_attached_by_hand_renames_nobody(tenant, api):
    first = ok(api.get(f"/candidate-resumes/{make_resume(tenant, BEATA)}"))["candidate_id"]
    ok(api.upload("/candidate-resumes", GRZEGORZ, candidate_id=first), 202)
    tenant.run_jobs()
    assert ok(api.get(f"/candidates/{first}"))["name"] == "Beata Lis"


def _import(tenant, api, rows, on_duplicate):
    body = "name,email,phone,headline\n" + "".join(",".join(row) + "\n" for row in rows)
    data = {"file": FileStorage(io.BytesIO(body.encode()), "people.csv"), "on_duplicate": on_duplicate}
    headers = {"Idempotency-Key": f"{on_duplicate}-{hash(body)}"}
    batch = ok(
        api.call("POST", "/candidate-imports", data=data, content_type="multipart/form-data", headers=headers), 202
    )
    tenant.run_jobs()
    return ok(api.get(f"/candidate-imports/{batch['id']}/rows"))["data"]


@pytest.mark.parametrize("on_duplicate", ["skip", "update"])
def test_an_import_overwrites_nobody_of_another_name(tenant, api, on_duplicate):
    known = make_candidate(tenant, name="Beata Lis", emails=[], phones=[PHONE], headline="Manager")
    rows = [
        ("Grzegorz Nowak", "", PHONE, "Welder"),
        ("Beata Lis", "", PHONE, "Director"),
        ("Grzegorz J. Nowak", "", PHONE, "Foreman"),
    ]
    results = _import(tenant, api, rows, on_duplicate)
    met = {"skip": "skipped", "update": "updated"}[on_duplicate]
    assert [row["result"] for row in results] == ["created", met, met]
    assert results[0]["errors"][0]["code"] == "shared_contact"
    people = _people(api)
    assert set(people) <= {"Beata Lis", "Grzegorz Nowak", "Grzegorz J. Nowak"} and len(people) == 2
    beata = ok(api.get(f"/candidates/{known}"))
    assert (beata["name"], beata["headline"]) == ("Beata Lis", "Director" if met == "updated" else "Manager")
    other = next(each for name, each in people.items() if name != "Beata Lis")
    assert PHONE in _points(api, other["id"]) and "shared_contact" in _reasons(api, other["id"])


def test_an_application_under_another_name_is_another_persons(tenant, api):
    known = make_candidate(tenant, name="Anna Nowak", emails=["family@people.example"])
    ok(apply_by_api(tenant, make_posting(tenant), name="Piotr Nowak", email="family@people.example"), 201)
    tenant.run_jobs()
    (application,) = ok(api.get("/applications"))["data"]
    assert application["candidate_id"] != str(known)
    assert _points(api, application["candidate_id"]) == {"family@people.example"}, "so that mails reach him"
    assert "shared_contact" in _reasons(api, known)


def test_an_upsert_under_another_name_is_refused(api):
    ok(api.put("/candidates/by-contact", {"name": "Beata Lis", "phones": [PHONE]}))
    answer = api.put("/candidates/by-contact", {"name": "Grzegorz Nowak", "phones": [PHONE]})
    assert (answer.status_code, answer.get_json()["code"]) == (409, "another_person")
    same = ok(api.put("/candidates/by-contact", {"name": "Lis, Beata", "phones": [PHONE]}))
    assert not same["created"]


def test_two_people_of_one_switchboard_are_two(api):
    for name, extension in (("Ann Ext", 45), ("Bob Ext", 46)):
        made = ok(api.post("/candidates", {"name": name, "phones": [f"+1 312 555 0123 ext. {extension}"]}), 201)
        assert made["contacts"][0]["value"] == f"+13125550123;ext={extension}"


def test_shared_points_go_with_a_merge_and_come_back(tenant, api):
    first = ok(api.get(f"/candidate-resumes/{make_resume(tenant, BEATA)}"))["candidate_id"]
    second = ok(api.get(f"/candidate-resumes/{make_resume(tenant, GRZEGORZ)}"))["candidate_id"]
    merge = ok(api.post("/candidate-merges", {"winner_id": second, "loser_id": first}))
    own = ("beata.lis@people.example", "grzegorz@people.example", PHONE)
    assert _shared(tenant, second) == [(value, False) for value in sorted(own)], "each once, and shared with nobody"
    ok(api.post(f"/candidate-merges/{merge['id']}/undo", {}))
    assert (PHONE, False) in _shared(tenant, first) and (PHONE, True) in _shared(tenant, second)


@pytest.mark.parametrize(("name", "is_known"), [("piotr nowak", False), ("anna maria nowak", True)])
def test_an_address_without_a_readable_name_recognises_whom_the_text_names(tenant, api, name, is_known):
    known = make_candidate(tenant, name="Anna Nowak", emails=["family@people.example"])
    text = f"{name}\nfamily@people.example\n".encode()
    resume = ok(api.get(f"/candidate-resumes/{make_resume(tenant, text)}"))
    expected = ("parsed", str(known)) if is_known else ("failed", None)
    assert (resume["status"], resume["candidate_id"]) == expected, "whoever is not named waits unattached"


def test_a_name_of_another_script_under_a_known_address_is_another_person(tenant, api):
    known = make_candidate(tenant, name="Anna Nowak", emails=["family@people.example"])
    text = "王小明\nfamily@people.example\n".encode()
    resume = ok(api.get(f"/candidate-resumes/{make_resume(tenant, text)}"))
    assert resume["status"] == "parsed" and resume["candidate_id"] not in (None, str(known))
    assert ok(api.get(f"/candidates/{resume['candidate_id']}"))["name"] == "王小明"


def test_one_word_is_a_name_of_its_own_unless_the_address_is_the_same(tenant, api):
    make_candidate(tenant, name="Anna Kowalska", emails=["anna@people.example"], phones=[PHONE])
    rows = [("Anna", "", PHONE, "Pupil"), ("Anna", "anna@people.example", "", "Clerk")]
    assert [row["result"] for row in _import(tenant, api, rows, "skip")] == ["created", "skipped"]


def test_a_number_of_many_says_nothing_of_two_and_recognises_each(tenant, api):
    names = [f"{first} {last}" for first in ("Ada", "Bo", "Cem", "Dag") for last in ("Arc", "Bay", "Cove", "Dune")]
    rows = [(name, "", PHONE, "") for name in names]
    assert {row["result"] for row in _import(tenant, api, rows, "skip")} == {"created"}
    assert ok(api.get("/candidate-duplicates"))["data"] == []
    again = [*rows[::-1], ("Eve Arc", "", PHONE, "")]
    assert [row["result"] for row in _import(tenant, api, again, "update")] == ["updated"] * 16 + ["created"]


def test_what_was_deleted_since_a_merge_does_not_come_back_and_what_names_another_since_is_shared(tenant, api):
    first = ok(api.get(f"/candidate-resumes/{make_resume(tenant, BEATA)}"))["candidate_id"]
    second = ok(api.get(f"/candidate-resumes/{make_resume(tenant, GRZEGORZ)}"))["candidate_id"]
    merge = ok(api.post("/candidate-merges", {"winner_id": second, "loser_id": first}))
    ok(api.patch(f"/candidates/{second}", {"emails": ["grzegorz@people.example"], "phones": []}))
    third = make_candidate(tenant, name="Cyryl Wrona", emails=[], phones=[PHONE])
    ok(api.post(f"/candidate-merges/{merge['id']}/undo", {"discard_changes": True}))
    assert _shared(tenant, first) == [(PHONE, True)], "her own address was deleted, the number names the third"
    assert _shared(tenant, str(third)) == [(PHONE, False)]


def test_a_point_shared_with_a_third_person_is_shared_by_whoever_has_it(tenant, api):
    third = make_candidate(tenant, name="Cyryl Wrona", emails=[], phones=[PHONE])
    loser = ok(api.get(f"/candidate-resumes/{make_resume(tenant, BEATA)}"))["candidate_id"]
    winner = str(make_candidate(tenant, name="Beata Lis"))
    merge = ok(api.post("/candidate-merges", {"winner_id": winner, "loser_id": loser}))
    assert _sharers(tenant) == {str(third): NOBODY, winner: UUID(winner)}
    ok(api.post(f"/candidate-merges/{merge['id']}/undo", {}))
    assert _sharers(tenant) == {str(third): NOBODY, loser: UUID(loser)}


def _sharers(tenant):
    with tenant.bound():
        rows = db.session.scalars(sa.select(CandidateContact).where(CandidateContact.value == PHONE))
        return {str(row.candidate_id): row.shared_by for row in rows}


def test_of_several_who_may_be_meant_it_is_the_one_of_that_very_name_or_nobody(tenant, api):
    rows = [(name, "", PHONE, "") for name in ("Anna Nowak", "Jan Lis")]
    _import(tenant, api, rows, "skip")
    ids = {name: UUID(each["id"]) for name, each in _people(api).items()}
    anna_maria = make_candidate(tenant, name="Anna Maria Nowak")
    with tenant.bound():
        contacts = candidate_contact_service.normalise(phones=[PHONE])
        share_contacts(anna_maria, phones=[PHONE])
        found = {
            name: contact_bearers.find_person(contacts, name) for name in ("Nowak, Anna", "Anna M. Nowak", "Jan K. Lis")
        }
    assert found == {"Nowak, Anna": ids["Anna Nowak"], "Anna M. Nowak": None, "Jan K. Lis": ids["Jan Lis"]}


def test_a_point_that_names_nobody_any_more_names_the_next_one_whichever_way_it_comes(tenant, api):
    known = make_candidate(tenant, name="Beata Lis", emails=[], phones=[PHONE])
    _import(tenant, api, [("Grzegorz Nowak", "", PHONE, "")], "skip")
    ok(api.delete(f"/candidates/{known}"), 204)
    _import(tenant, api, [("Grzegorz Nowak", "", PHONE, ""), ("Cyryl Wrona", "", PHONE, "")], "skip")
    assert {name: _shared(tenant, each["id"])[0][1] for name, each in _people(api).items()} == {
        "Grzegorz Nowak": True,
        "Cyryl Wrona": False,
    }


@pytest.mark.parametrize(("first", "second"), [("Dariusz Nowak", "Mariusz Nowak"), ("Jan Nowak", "J. Nowak")])
def test_siblings_of_one_phone_keep_their_own(tenant, api, first, second):
    ids = []
    for name in (first, second):
        text = f"{name}\nWelder\n{name[0].lower()}{len(name)}@people.example\n{PHONE}\n\nSkills\nMIG\n".encode()
        ids.append(ok(api.get(f"/candidate-resumes/{make_resume(tenant, text)}"))["candidate_id"])
    assert ids[0] != ids[1] and ok(api.get(f"/candidates/{ids[0]}"))["name"] == first


def test_nobody_becomes_somebody_else_by_a_name_that_says_less(tenant, api):
    address = "anna@people.example"
    names = ("Anna Kowalska", "A. Kowalska", "Anna", "Agata Kowalska")
    answers = [api.put("/candidates/by-contact", {"name": name, "emails": [address]}) for name in names]
    assert [answer.status_code for answer in answers] == [200, 200, 200, 409]
    assert set(_people(api)) == {"Anna Kowalska"}
    rows = [
        ("A. Kowalska", address, "", ""),
        ("Anna Zofia Kowalska", address, "", ""),
        ("Agata Kowalska", address, "", ""),
    ]
    assert [row["result"] for row in _import(tenant, api, rows, "update")] == ["updated", "updated", "created"]
    assert set(_people(api)) == {"Anna Zofia Kowalska", "Agata Kowalska"}


@pytest.mark.parametrize("is_one_batch", [True, False])
def test_rows_of_one_batch_meet_people_as_those_of_two(tenant, api, is_one_batch):
    make_candidate(tenant, name="Jan Lis", emails=[], phones=[PHONE])
    rows = [("Jan Adam Lis", "", PHONE, "Welder"), ("Jan Piotr Lis", "", PHONE, "Baker")]
    parts = [rows] if is_one_batch else [[row] for row in rows]
    results = [each["result"] for part in parts for each in _import(tenant, api, part, "update")]
    assert results == ["updated", "created"]
    assert {name: each["headline"] for name, each in _people(api).items()} == {
        "Jan Adam Lis": "Welder",
        "Jan Piotr Lis": "Baker",
    }


def test_of_several_with_a_point_an_import_and_an_upsert_mean_the_one_of_that_very_name(tenant, api):
    address = "anna@people.example"
    first = make_candidate(tenant, name="Anna Nowak", emails=[address])
    _import(tenant, api, [("Anna Nowak", address, "", "")], "skip")
    second = make_candidate(tenant, name="Anna Maria Nowak")
    with tenant.bound():
        share_contacts(second, emails=[address])
    assert _import(tenant, api, [("ANNA NOWAK", address, "", "Clerk")], "update")[0]["result"] == "updated"
    ok(api.put("/candidates/by-contact", {"name": "Anna Maria Nowak", "emails": [address], "headline": "Judge"}))
    told = {str(each): ok(api.get(f"/candidates/{each}"))["headline"] for each in (first, second)}
    assert told == {str(first): "Clerk", str(second): "Judge"}


def test_a_point_that_was_added_again_since_a_merge_stays_the_winners(tenant, api):
    loser = ok(api.get(f"/candidate-resumes/{make_resume(tenant, BEATA)}"))["candidate_id"]
    winner = str(make_candidate(tenant, name="Beata Lis", emails=[], phones=[]))
    merge = ok(api.post("/candidate-merges", {"winner_id": winner, "loser_id": loser}))
    for phones in ([], [PHONE]):
        ok(api.patch(f"/candidates/{winner}", {"phones": phones}))
    ok(api.post(f"/candidate-merges/{merge['id']}/undo", {"discard_changes": True}))
    assert _sharers(tenant) == {winner: NOBODY}


def test_a_row_that_is_skipped_names_the_point_by_which_it_was_met(tenant, api):
    make_candidate(tenant, name="Tom Lee", phones=[PHONE])
    (row,) = _import(tenant, api, [("Tom Lee", "", PHONE, "")], "skip")
    assert row["errors"][0]["pointer"] == "/phones"


def test_a_point_that_names_somebody_else_by_the_time_of_an_undo_is_shared(tenant, api):
    first = ok(api.get(f"/candidate-resumes/{make_resume(tenant, BEATA)}"))["candidate_id"]
    second = ok(api.get(f"/candidate-resumes/{make_resume(tenant, GRZEGORZ)}"))["candidate_id"]
    third = str(make_candidate(tenant, name="Beata Lis"))
    inner = ok(api.post("/candidate-merges", {"winner_id": third, "loser_id": first}))
    outer = ok(api.post("/candidate-merges", {"winner_id": second, "loser_id": third}))
    ok(api.patch(f"/candidates/{second}", {"phones": []}))
    fourth = make_candidate(tenant, name="Cyryl Wrona", emails=[], phones=[PHONE])
    ok(api.post(f"/candidate-merges/{outer['id']}/undo", {"discard_changes": True}))
    ok(api.post(f"/candidate-merges/{inner['id']}/undo", {"discard_changes": True}))
    assert _sharers(tenant) == {first: UUID(first), str(fourth): NOBODY}
