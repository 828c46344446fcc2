"""Matches: ranked, explained by quotes that are there, following what changes."""

from __future__ import annotations

import pytest
import sqlalchemy as sa

from app.extensions import db
from app.models import CandidateResume
from app.services.core.transaction import use_case
from app.services.matching import candidate_match_service, match_rebuild_service
from tests.factories.candidate import make_candidate, resume_text
from tests.factories.candidate_resume import make_resume
from tests.factories.client import ok
from tests.factories.job import make_job

NURSE = (
    resume_text("Nora Nurse")
    .replace(b"Data Engineer", b"Registered Nurse")
    .replace(b"Python, SQL, PostgreSQL, Airflow", b"Triage")
)


def test_matches_are_ranked_and_explained(tenant, api):
    make_resume(tenant)
    make_resume(tenant, NURSE)
    job = make_job(tenant)
    assert ok(api.post(f"/jobs/{job}/matches/refresh")) == {"candidates": 2, "kept": 2}
    best, other = ok(api.get(f"/jobs/{job}/matches"))["data"]
    assert best["candidate_name"] == "Ada Horn" and best["score"] > other["score"] and best["grade"] < other["grade"]
    assert sum(criterion["weight"] for criterion in best["criteria"]) == pytest.approx(1) and best["confidence"] == 100
    assert {criterion["name"] for criterion in best["criteria"]} == {"titles", "meaning", "skills", "experience"}


def test_every_quote_is_literally_in_the_text(tenant, api):
    resume = ok(api.get(f"/candidate-resumes/{make_resume(tenant)}"))
    job = make_job(tenant)
    ok(api.post(f"/jobs/{job}/matches/refresh"))
    quotes = [e for c in ok(api.get(f"/jobs/{job}/matches"))["data"][0]["criteria"] for e in c["evidence"]]
    assert len(quotes) >= 5
    for evidence in quotes:
        assert resume["text"][evidence["start"] : evidence["end"]] == evidence["quote"]
        assert evidence["document_sha256"] == resume["document"]["sha256"]


def test_matches_follow_jobs_and_candidates(tenant, api):
    job = make_job(tenant)
    ok(api.upload("/candidate-resumes", resume_text()), 202)
    tenant.run_jobs()
    before = ok(api.get(f"/jobs/{job}/matches"))["data"]
    assert len(before) == 1
    ok(api.patch(f"/jobs/{job}", {"required_skills": ["Cobol"], "title": "Registered Nurse"}))
    tenant.run_jobs()
    after = ok(api.get(f"/jobs/{job}/matches"))["data"]
    assert after[0]["score"] < before[0]["score"]
    ok(api.patch(f"/candidates/{before[0]['candidate_id']}", {"status": "archived"}))
    tenant.run_jobs()
    assert ok(api.get(f"/jobs/{job}/matches"))["data"] == []


def test_a_candidate_without_a_resume_is_matched_by_what_is_known(tenant, api):
    make_candidate(tenant, skills=["Python", "SQL", "Kafka"], years_experience=4.0)
    job = make_job(tenant)
    ok(api.post(f"/jobs/{job}/matches/refresh"))
    (match,) = ok(api.get(f"/jobs/{job}/matches"))["data"]
    assert (match["score"], match["grade"], match["confidence"], match["scorer"]) == (15, "C", 15, "2 static")
    known = {criterion["name"]: criterion["is_known"] for criterion in match["criteria"]}
    assert known == {"titles": False, "meaning": False, "skills": True, "experience": True}
    assert ok(api.get(f"/jobs/{job}/matches", query_string={"score[gte]": 16}))["data"] == []


def test_the_best_are_paged(tenant, api):
    for number in range(5):
        make_candidate(tenant, skills=["Python", "SQL"][: number % 3], years_experience=float(number))
    job = make_job(tenant)
    ok(api.post(f"/jobs/{job}/matches/refresh"))
    first = ok(api.get(f"/jobs/{job}/matches?limit=3"))
    rest = ok(api.get(f"/jobs/{job}/matches", query_string={"limit": 3, "cursor": first["next_cursor"]}))
    scores = [match["score"] for match in first["data"] + rest["data"]]
    assert scores == sorted(scores, reverse=True) and len(scores) == 5


def test_equal_scores_are_listed_by_confidence(tenant, api):
    """Whoever has none of the skills stands before those of whom no skills are known."""
    for number in range(4):
        make_candidate(tenant, skills=["Sailing"] if number % 2 else [], years_experience=4.0)
    job = make_job(tenant)
    ok(api.post(f"/jobs/{job}/matches/refresh"))
    pages = [ok(api.get(f"/jobs/{job}/matches?limit=2"))]
    pages.append(ok(api.get(f"/jobs/{job}/matches", query_string={"limit": 2, "cursor": pages[0]["next_cursor"]})))
    matches = [match for page in pages for match in page["data"]]
    assert len({match["score"] for match in matches}) == 1
    assert [match["confidence"] for match in matches] == [15, 15, 10, 10]


def test_a_headline_counts_where_no_resume_has_a_title(tenant, api):
    make_candidate(tenant, headline="Data Engineer")
    make_candidate(tenant, headline="Registered Nurse")
    job = make_job(tenant, title="Data Engineer")
    ok(api.post(f"/jobs/{job}/matches/refresh"))
    best, other = ok(api.get(f"/jobs/{job}/matches"))["data"]
    titles = [next(each for each in match["criteria"] if each["name"] == "titles") for match in (best, other)]
    assert titles[0]["score"] == 100 and titles[1]["score"] < 20 and titles[1]["is_known"]


def test_every_applicant_is_ranked_whoever_is_better(tenant, api, monkeypatch):
    monkeypatch.setattr(candidate_match_service, "KEPT", 1)
    best, applicant, _ = [make_candidate(tenant, years_experience=years) for years in (9.0, 0.0, 1.0)]
    job = make_job(tenant)
    tenant.run_jobs()
    ok(api.post("/applications", {"candidate_id": str(applicant), "job_id": str(job)}), 201)
    tenant.run_jobs()
    listed = ok(api.get(f"/jobs/{job}/matches"))["data"]
    assert {(each["candidate_id"], each["is_applicant"]) for each in listed} >= {(str(applicant), True)}
    ok(api.post(f"/jobs/{job}/matches/refresh"))
    listed = ok(api.get(f"/jobs/{job}/matches"))["data"]
    assert [(each["candidate_id"], each["is_applicant"]) for each in listed] == [
        (str(best), False),
        (str(applicant), True),
    ]
    (only,) = ok(api.get(f"/jobs/{job}/matches?is_applicant=true"))["data"]
    assert only["candidate_id"] == str(applicant)
    (rest,) = ok(api.get(f"/jobs/{job}/matches?is_applicant=false"))["data"]
    assert rest["candidate_id"] == str(best)


def test_whoever_copies_the_posting_gains_nothing(tenant, api):
    job = make_job(tenant, description="You build the pipelines that carry our cargo data from quay to customer.")
    copied = NURSE + b"\nYou build the pipelines that carry our cargo data from quay to customer.\n"
    make_resume(tenant, NURSE)
    make_resume(tenant, copied.replace(b"Nora Nurse", b"Nele Nurse").replace(b"nora", b"nele"))
    ok(api.post(f"/jobs/{job}/matches/refresh"))
    scores = [match["score"] for match in ok(api.get(f"/jobs/{job}/matches"))["data"]]
    assert len(scores) == 2 and scores[0] == scores[1]


def test_vectors_of_an_older_form_are_made_anew(tenant, api):
    resume = make_resume(tenant)
    job = make_job(tenant)
    ok(api.post(f"/jobs/{job}/matches/refresh"))
    before = ok(api.get(f"/jobs/{job}/matches"))["data"][0]
    values = {"embedding": b"\0" * 2048, "embedding_form": None}
    outdate = sa.update(CandidateResume).where(CandidateResume.id == resume).values(values)
    with tenant.bound():
        use_case(db.session.execute)(outdate)
    ok(api.post(f"/jobs/{job}/matches/refresh"))
    assert ok(api.get(f"/jobs/{job}/matches"))["data"][0]["score"] < before["score"]
    with tenant.bound():
        match_rebuild_service.request()
    tenant.run_jobs()
    after = ok(api.get(f"/jobs/{job}/matches"))["data"][0]
    assert (after["score"], after["confidence"]) == (before["score"], before["confidence"])
    with tenant.bound():
        assert match_rebuild_service.embed_after(None) is None


def test_an_applicant_stays_ranked_when_the_job_is_closed(tenant, api):
    candidate = make_candidate(tenant, headline="Data Engineer")
    job = make_job(tenant)
    ok(api.post("/applications", {"candidate_id": str(candidate), "job_id": str(job)}), 201)
    ok(api.post(f"/jobs/{job}/close", {"reason": "The budget is gone.", "applications": "keep"}))
    tenant.run_jobs()
    ok(api.patch(f"/candidates/{candidate}", {"years_experience": 7.0}))
    tenant.run_jobs()
    (match,) = ok(api.get(f"/jobs/{job}/matches"))["data"]
    assert match["is_applicant"] and match["confidence"] == 40


def test_a_headline_counts_for_whoever_copies_the_posting_too(tenant, api):
    job = make_job(tenant, description="You build the pipelines that carry our cargo data from quay to customer.")
    resume = b"Nora Nurse\nnora@people.example\n\nYou build the pipelines that carry our cargo data from quay\n"
    candidate = ok(api.get(f"/candidate-resumes/{make_resume(tenant, resume)}"))["candidate_id"]
    ok(api.patch(f"/candidates/{candidate}", {"headline": "Data Engineer"}))
    ok(api.post(f"/jobs/{job}/matches/refresh"))
    (match,) = ok(api.get(f"/jobs/{job}/matches"))["data"]
    scores = {criterion["name"]: (criterion["score"], criterion["is_known"]) for criterion in match["criteria"]}
    assert scores["titles"] == (100, True) and scores["meaning"][0] < 50
