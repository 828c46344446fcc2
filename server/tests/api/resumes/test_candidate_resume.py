"""Resumes: stored first, parsed after, attached to the right person, never overruling a human."""

from __future__ import annotations

from pathlib import Path

import pytest
import sqlalchemy as sa

from app.extensions import db
from app.models import TenantCounter
from app.services.core.child_process import child_limits
from app.services.resumes import candidate_resume_service
from app.utils import ids
from app.utils.text import words
from tests.factories.candidate import make_candidate, resume_text
from tests.factories.candidate_resume import make_resume
from tests.factories.client import ok, refused
from tests.factories.raw_writes import raw_writes
from tests.factories.tenant import make_tenant


def _detail(api, resume_id):
    return ok(api.get(f"/candidate-resumes/{resume_id}"))


def test_an_uploaded_resume_becomes_a_candidate(tenant, api):
    resume = ok(api.upload("/candidate-resumes", resume_text("Greta Ferri"), "../../cv.txt"), 202)
    assert (resume["status"], resume["candidate_id"], resume["document"]["filename"]) == ("pending", None, "cv.txt")
    tenant.run_jobs()
    resume = _detail(api, resume["id"])
    assert resume["status"] == "parsed" and resume["is_primary"]
    candidate = ok(api.get(f"/candidates/{resume['candidate_id']}"))
    assert (candidate["name"], candidate["headline"], candidate["location"]) == (
        "Greta Ferri",
        "Data Engineer",
        "Hamburg, Germany",
    )
    assert candidate["skills"] == ["Python", "SQL", "PostgreSQL", "Airflow"]
    assert candidate["provenance"]["name"] == "parser"
    assert [contact["kind"] for contact in candidate["contacts"]] == ["email", "phone"]
    assert candidate["years_experience"] == pytest.approx(9.7, abs=0.1)


def test_every_fact_stands_literally_in_the_text(tenant, api):
    resume = _detail(api, make_resume(tenant))
    parsed, text = resume["parsed"], resume["text"]
    facts = [parsed[name] for name in ("name", "email", "location", "headline")] + parsed["skills"]
    facts += [item[name] for item in parsed["work"] for name in ("company", "title")]
    facts += [item[name] for item in parsed["education"] for name in ("institution", "degree")]
    assert len(facts) > 10
    for fact in facts:
        assert words(text[fact["start"] : fact["end"]]) == words(fact["value"])


def test_the_same_file_twice_is_one_resume(tenant, api):
    data = resume_text()
    first = ok(api.upload("/candidate-resumes", data), 202)
    assert ok(api.upload("/candidate-resumes", data, "other.txt"), 202)["id"] == first["id"]
    files = Path(tenant.app.config["SETTINGS"].data_dir) / "files" / str(tenant.id)
    assert len(list(files.iterdir())) == 1


def test_a_resume_goes_to_the_person_whose_address_it_names(tenant, api):
    candidate = make_candidate(tenant, name="Ada M. Horn", emails=["known@people.example"], headline="Typed")
    data = resume_text().replace(b"ada.horn", b"x").split(b"\n")
    data[2] = b"known@people.example | Hamburg, Germany"
    make_resume(tenant, b"\n".join(data))
    found = ok(api.get(f"/candidates/{candidate}"))
    assert (found["name"], found["headline"]) == ("Ada M. Horn", "Typed"), "the parser never overrules a human"
    assert found["location"] == "Hamburg, Germany" and found["provenance"]["location"] == "parser"
    assert found["version"] == 2


def test_a_resume_without_a_name_fails_and_is_attached_by_hand(tenant, api):
    resume_id = make_resume(tenant, b"no person here, only words\n")
    resume = _detail(api, resume_id)
    assert resume["status"] == "failed" and "attach" in resume["failure_reason"]
    candidate = make_candidate(tenant)
    attached = ok(api.patch(f"/candidate-resumes/{resume_id}", {"candidate_id": str(candidate)}))
    assert (attached["candidate_id"], attached["is_primary"]) == (str(candidate), True)
    assert (
        refused(api.patch(f"/candidate-resumes/{resume_id}", {"candidate_id": str(make_candidate(tenant))}), 409)
        == "already_attached"
    )


def test_one_resume_is_primary_and_the_last_one_stays(tenant, api):
    candidate = make_candidate(tenant)
    ids = [
        ok(api.upload("/candidate-resumes", resume_text(), candidate_id=str(candidate)), 202)["id"] for _ in range(3)
    ]

    def primary():
        listed = ok(api.get("/candidate-resumes", query_string={"candidate_id": str(candidate)}))["data"]
        return [row["id"] for row in listed if row["is_primary"]]

    assert primary() == [ids[0]]
    ok(api.patch(f"/candidate-resumes/{ids[1]}", {"is_primary": True}))
    assert primary() == [ids[1]]
    ok(api.delete(f"/candidate-resumes/{ids[1]}"), 204)
    assert primary() == [ids[2]]
    ok(api.delete(f"/candidate-resumes/{ids[2]}"), 204)
    assert primary() == [ids[0]]
    assert api.delete(f"/candidate-resumes/{ids[0]}").get_json()["code"] == "last_resume"
    assert refused(api.patch(f"/candidate-resumes/{ids[0]}", {"is_primary": False}), 422) == "primary_needed"


def test_the_plan_limit_fails_the_parsing_and_keeps_the_file(app):
    tenant = make_tenant(app, plan="FREE")
    for _ in range(50):
        make_candidate(tenant)
    resume = _detail(tenant.api(), make_resume(tenant))
    assert (resume["status"], resume["candidate_id"]) == ("failed", None) and "plan" in resume["failure_reason"]
    assert resume["text"]


def test_a_parser_that_takes_too_long_is_a_failed_parse(tenant, api, monkeypatch):
    monkeypatch.setattr(child_limits, "seconds", 0)
    monkeypatch.setattr("app.services.core.child_process.GRACE_SECONDS", 0.0)
    resume = _detail(api, make_resume(tenant))
    assert resume["status"] == "failed" and "too long" in resume["failure_reason"]


def test_another_kind_of_file_is_refused(api):
    for data, name in (
        (b"GIF89a\x01\x00\x01\x00" + b"x" * 50, "a.pdf"),
        (b"PK\x03\x04broken", "a.docx"),
        (b"\x00\x01\x02", "a.txt"),
    ):
        assert refused(api.upload("/candidate-resumes", data, name), 415) == "unsupported_file"
    assert (
        refused(api.call("POST", "/candidate-resumes", data={"other": "x"}, content_type="multipart/form-data"), 422)
        == "invalid"
    )
    assert refused(api.upload("/candidate-resumes", b"x" * (10 * 1024 * 1024 + 1)), 413) == "payload_too_large"


def test_a_parse_may_be_asked_for_again(tenant, api):
    resume_id = make_resume(tenant)
    assert ok(api.post(f"/candidate-resumes/{resume_id}/parse"), 202)["status"] == "pending"
    assert refused(api.post(f"/candidate-resumes/{resume_id}/parse"), 409) == "parsing"
    tenant.run_jobs()
    assert _detail(api, resume_id)["status"] == "parsed"


def test_deleting_the_candidate_deletes_the_files(tenant, api):
    resume = _detail(api, make_resume(tenant))
    stored = Path(tenant.app.config["SETTINGS"].data_dir) / "files" / str(tenant.id)
    assert list(stored.iterdir())
    ok(api.delete(f"/candidates/{resume['candidate_id']}"), 204)
    tenant.run_jobs()
    assert not list(stored.iterdir())
    assert ok(api.get("/tenant/usage"))["storage_bytes"]["used"] == 0
    assert refused(api.get(f"/candidate-resumes/{resume['id']}"), 404) == "not_found"


def test_parsing_a_resume_that_is_gone_is_no_error(tenant):
    with tenant.bound():
        assert candidate_resume_service.begin_parsing(tenant.id) is False


def test_a_second_resume_leaves_the_words_of_the_primary_one(tenant, api):
    resume = _detail(api, make_resume(tenant))
    other = resume_text().replace(b"warehouse", b"observatory")
    ok(api.upload("/candidate-resumes", other, candidate_id=resume["candidate_id"]), 202)
    tenant.run_jobs()
    for word, found in (("warehouse", 1), ("observatory", 0)):
        assert len(ok(api.get("/candidates", query_string={"q": word}))["data"]) == found
    second = ok(api.get("/candidate-resumes", query_string={"candidate_id": resume["candidate_id"]}))["data"][0]
    ok(api.patch(f"/candidate-resumes/{second['id']}", {"is_primary": True}))
    assert len(ok(api.get("/candidates?q=observatory"))["data"]) == 1


def test_a_refused_upload_leaves_no_file(app):
    tenant = make_tenant(app, plan="FREE")
    stored = Path(app.config["SETTINGS"].data_dir) / "files" / str(tenant.id)
    with tenant.bound(), raw_writes():
        db.session.execute(sa.update(TenantCounter).values(storage_bytes=1024**3))
        db.session.commit()
    response = tenant.api().upload("/candidate-resumes", resume_text(), headers={"Idempotency-Key": "a-key"})
    assert refused(response, 402) == "plan_limit_reached" and not list(stored.glob("*"))


def test_a_file_of_one_candidate_is_not_taken_by_another(tenant, api):
    data = resume_text()
    first, second = make_candidate(tenant), make_candidate(tenant)
    ok(api.upload(f"/candidates/{first}/documents", data), 201)
    assert refused(api.upload("/candidate-resumes", data, candidate_id=str(second)), 409) == "duplicate_document"


def test_languages_of_a_resume_reach_the_candidate(tenant, api):
    languages = b"\nLanguages\nEnglish (native), Deutsch: B2, French - fluent, Klingonese\n"
    resume = make_resume(tenant, resume_text() + languages)
    candidate_id = ok(api.get(f"/candidate-resumes/{resume}"))["candidate_id"]
    found = {each["language"]: each["level"] for each in ok(api.get(f"/candidates/{candidate_id}"))["languages"]}
    assert found == {"en": "native", "de": "B2", "fr": None}


def test_a_resume_that_is_deleted_before_it_is_parsed_ends_quietly(tenant):
    with tenant.bound():
        assert candidate_resume_service.parse_stored(ids.new_id()) == "gone"
