"""Exports: streamed tables without formulas, within one's rights; JSON Resume in and out."""

from __future__ import annotations

import csv
import io
import json

import pytest

from app.services.candidates import candidate_export_service
from tests.factories.candidate import make_candidate, resume_text
from tests.factories.client import ok, refused

PAY = {"amount": "72000.00", "currency": "EUR", "period": "year"}


def _rows(answer):
    assert answer.status_code == 200, answer.text
    return list(csv.DictReader(io.StringIO(answer.get_data(as_text=True))))


def test_a_table_has_every_candidate_that_the_filters_leave(tenant, api, monkeypatch):
    monkeypatch.setattr(candidate_export_service, "AT_ONCE", 2)
    for number in range(5):
        make_candidate(
            tenant, name=f"Person {number}", skills=["Python" if number else "Excel", "Go"], expected_pay=PAY
        )
    answer = api.get("/candidates/export?q=python")
    rows = _rows(answer)
    assert [row["name"] for row in rows] == [f"Person {number}" for number in range(1, 5)]
    assert rows[0]["skills"] == "Python; Go" and rows[0]["emails"].endswith("@people.example")
    assert json.loads(rows[0]["expected_pay"]) == PAY
    assert answer.headers["Content-Disposition"].startswith("attachment")
    lines = api.get("/candidates/export?format=jsonl").get_data().splitlines()
    assert [json.loads(line)["name"] for line in lines] == [f"Person {number}" for number in range(5)]
    feed = ok(api.get("/audit?type=candidates.exported"))["data"]
    assert len(feed) == 2


@pytest.mark.parametrize("name", ["=1+1", "+cmd|' /C calc'!A0", "-2+3", "@SUM(A1)"])
def test_formulas_are_neutralised(tenant, api, name):
    make_candidate(tenant, name=name, skills=[name])
    row = _rows(api.get("/candidates/export"))[0]
    assert row["name"] == f"'{name}" and row["skills"] == f"'{name}"


def test_what_one_may_not_see_is_empty_and_who_is_out_of_sight_is_left_out(tenant, api):
    make_candidate(tenant, expected_pay=PAY)
    body = {"name": "k", "permissions": ["candidates.view_all", "candidates.export"]}
    key = ok(api.post("/api-keys", body), 201)
    api.token = key["secret"]
    row = _rows(api.get("/candidates/export"))[0]
    assert (row["emails"], row["expected_pay"]) == ("", "")
    assert _rows(tenant.api("TEAM_LEAD").get("/candidates/export")) == []
    assert refused(tenant.api("RECRUITER").get("/candidates/export"), 403) == "permission_missing"


def test_a_json_resume_goes_out_and_comes_in(tenant, api):
    ok(api.upload("/candidate-resumes", resume_text("Mona Costa")), 202)
    tenant.run_jobs()
    person = ok(api.get("/candidates"))["data"][0]
    out = ok(api.get(f"/candidates/{person['id']}/json-resume"))
    assert out["basics"]["name"] == "Mona Costa" and out["work"][0]["name"] == "Castellan Software"
    assert out["work"][0]["position"] == "Senior Data Engineer" and out["education"][0]["institution"]
    changed = {
        **out,
        "basics": {**out["basics"], "label": "Principal"},
        "languages": [{"language": "German", "fluency": "C1"}],
    }
    answer = ok(api.put("/candidates/json-resume", {**changed, "volunteer": [{"organization": "ignored"}]}))
    assert not answer["created"] and answer["candidate"]["id"] == person["id"]
    assert answer["candidate"]["headline"] == "Principal"
    assert answer["candidate"]["languages"] == [{"language": "de", "level": "C1"}]
    fresh = {"basics": {"name": "New", "email": "new.json@people.example", "phone": "+49 40 30080 333"}}
    assert ok(api.put("/candidates/json-resume", fresh))["created"]
    assert refused(api.put("/candidates/json-resume", {"basics": {"name": "No contact"}}), 422) == "no_contact"


def test_work_and_education_of_a_json_resume_come_in_and_go_out_again(tenant, api):
    work = [
        {"name": "Güler San.", "position": "Wharf Warden", "startDate": "2018-03", "endDate": "2024-05"},
        {"name": "Ames, Bode - Cole at Sea", "position": "Data, Engineer", "startDate": "2015", "endDate": "2018"},
        {"name": "Quay", "position": "Undated", "startDate": None, "endDate": None},
    ]
    education = [
        {"institution": "University of Turin", "studyType": "MSc", "area": "Optics", "endDate": "2014"},
        {"institution": "Ames Institute", "studyType": "B.Com", "area": None, "endDate": "2011-06"},
    ]
    basics = {"name": "Ivo Json", "label": "Wharf Warden", "email": "ivo.json@people.example"}
    more = {
        "certificates": [{"name": "ISO 9001/14001/45001 Auditor", "issuer": "Port Authority", "date": "2019-04"}],
        "projects": [{"name": "Quay Watch", "startDate": "2018", "endDate": "2020-02"}],
        "publications": [{"name": "On Tides", "releaseDate": "2017"}],
    }
    basics["summary"] = "Guards wharves."
    body = {"basics": basics, "work": work, "education": education, "skills": [{"name": "Python"}], **more}
    person = ok(api.put("/candidates/json-resume", body))["candidate"]
    tenant.run_jobs()
    out = ok(api.get(f"/candidates/{person['id']}/json-resume"))
    assert out["work"] == work and out["basics"]["summary"] == "Guards wharves."
    assert {name: out[name] for name in more} == more
    assert [each | {"endDate": each["endDate"][:4]} for each in education] == out["education"]
    assert ok(api.get(f"/candidates/{person['id']}"))["headline"] == "Wharf Warden"
    ok(api.put("/candidates/json-resume", {"basics": {**basics, "summary": "Guards a pier."}, "certificates": [{}]}))
    tenant.run_jobs()
    out = ok(api.get(f"/candidates/{person['id']}/json-resume"))
    assert out["work"] == work and out["projects"] == more["projects"] and out["certificates"] == []
    assert out["basics"]["summary"] == "Guards a pier."
    newer = ok(api.put("/candidates/json-resume", {**body, "work": work[:1], "education": []}))["candidate"]
    tenant.run_jobs()
    out = ok(api.get(f"/candidates/{newer['id']}/json-resume"))
    assert newer["id"] == person["id"] and (out["work"], out["education"]) == (work[:1], [])
    api.put("/candidates/json-resume", {"basics": basics, "work": []})
    tenant.run_jobs()
    assert ok(api.get(f"/candidates/{newer['id']}/json-resume"))["work"] == []
    assert len(ok(api.get(f"/candidate-resumes?candidate_id={person['id']}"))["data"]) == 1


def test_nothing_in_a_json_resume_makes_its_person_somebody_else(tenant, api):
    work = [
        {"name": "Acme | X | 2001 - 2003", "position": "Aide of bob@corp.example +49 40 30080047", "startDate": "2015"}
    ]
    basics = {"name": "Mia Mole", "phone": "+4940300800333", "summary": "Reference: bob@corp.example"}
    mia = ok(api.put("/candidates/json-resume", {"basics": basics, "work": work}))["candidate"]
    twin = {"basics": {**basics, "phone": "+4940300800334"}, "work": work}
    assert ok(api.put("/candidates/json-resume", twin))["candidate"]["id"] != mia["id"], "alike texts are two files"
    tenant.run_jobs()
    found = ok(api.get(f"/candidates/{mia['id']}"))
    assert [each["value"] for each in found["contacts"]] == ["+4940300800333"] and found["location"] is None
    (job,) = ok(api.get(f"/candidates/{mia['id']}/json-resume"))["work"]
    assert job["startDate"] == "2015"


def test_a_phone_number_is_exported_as_it_is_and_other_formulas_are_guarded(tenant, api):
    ok(api.post("/candidates", {"name": "Exp Ort", "phones": ["+48225556679"], "headline": "-1 Engineer"}), 201)
    text = api.get("/candidates/export?format=csv").text
    assert ",+48225556679," in text and ",'-1 Engineer," in text
