"""Matches: ranked, explained by quotes that are there, following what changes."""

from __future__ import annotations

import pytest

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
    match = ok(api.get(f"/jobs/{job}/matches", query_string={"score[gte]": 90}))["data"][0]
    assert (match["score"], match["grade"], match["confidence"]) == (100, "A+", 35)


def test_the_best_are_paged(tenant, api):
    for number in range(5):
        make_candidate(tenant, skills=["Python", "SQL"][: number % 3], years_experience=float(number))
    job = make_job(tenant)
    ok(api.post(f"/jobs/{job}/matches/refresh"))
    first = ok(api.get(f"/jobs/{job}/matches?limit=3"))
    rest = ok(api.get(f"/jobs/{job}/matches", query_string={"limit": 3, "cursor": first["next_cursor"]}))
    scores = [match["score"] for match in first["data"] + rest["data"]]
    assert scores == sorted(scores, reverse=True) and len(scores) == 5
