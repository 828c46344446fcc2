"""Scores: deterministic, fair to what is unknown, graded by the rules."""

from __future__ import annotations

import math
from uuid import UUID

import numpy as np
import pytest

from app.services.matching.match_scoring import (
    CandidateProfile,
    JobProfile,
    experience_score,
    grade_of,
    matched_skills,
    score_all,
)
from app.services.search.text_embedding import DIMENSIONS, embed


def _job(**values):
    defaults = {
        "title": "Data Engineer",
        "required": ("Python", "SQL"),
        "preferred": (),
        "min_years": 3,
        "max_years": None,
    }
    return JobProfile(**{**defaults, **values}, vectors=embed(["Data pipelines in Python and SQL", "Data Engineer"]))


def _people(*rows):
    return [CandidateProfile(UUID(int=n), headline, skills, years) for n, (headline, skills, years) in enumerate(rows)]


@pytest.mark.parametrize(
    ("years", "least", "most", "score"),
    [(5, 3, None, 100), (2, 3, None, 85), (1, 3, None, 70), (0, 3, None, 55), (0, 4, None, 40), (0, 9, None, 40)]
    + [(2.5, 3, None, 85), (7, 3, 5, 95), (10, 3, 5, 90), (15, 3, 5, 85), (16, 3, 5, 80), (4, None, 5, 100)],
)
def test_experience_scores(years, least, most, score):
    assert experience_score(years, least, most) == score


def test_what_is_unknown_has_no_score():
    assert math.isnan(experience_score(None, 3, None)) and math.isnan(experience_score(5, None, None))


@pytest.mark.parametrize(
    ("score", "grade"), [(90, "A+"), (89.99, "A"), (80, "A"), (75, "B+"), (70, "B"), (65, "C+"), (64, "C")]
)
def test_grades(score, grade):
    assert grade_of(round(score * 100)) == grade


def test_skills_match_by_name_synonym_and_near_spelling():
    met = matched_skills(
        ["PostgreSQL", "Kubernetes", "JavaScript", "Go"], ["Postgres", "Kubernets", "js", "Golang", "Java"]
    )
    assert met == {"PostgreSQL": "Postgres", "Kubernetes": "Kubernets", "JavaScript": "js", "Go": "Golang"}
    assert matched_skills(["Java"], ["JavaScript"]) == {}


def test_titles_and_meaning_lead():
    vectors = np.stack([embed(["Data pipelines", "Data Engineer"]), embed(["Cares for patients", "Nurse"])])
    people = _people(("Data Engineer", ["SQL"], 4), ("Nurse", ["Python", "SQL"], 4))
    first, second = score_all(_job(), people, vectors)
    assert first.candidate_id == UUID(int=0) and first.score > second.score + 1000


def test_a_job_without_requirements_gives_nobody_an_a():
    empty = JobProfile("", (), (), None, None, np.zeros((2, DIMENSIONS), dtype=np.float32))
    scored = score_all(empty, _people(("Nurse", ["CPR"], 4)), np.zeros((1, 2, DIMENSIONS), dtype=np.float32))
    assert (scored[0].score, scored[0].confidence, scored[0].criteria) == (0, 0, {})


def test_confidence_tells_how_much_was_known():
    blank = np.zeros((1, 2, DIMENSIONS), dtype=np.float32)
    scored = score_all(_job(), _people((None, ["Python", "SQL"], None)), blank)[0]
    assert (scored.score, scored.confidence, scored.criteria) == (10000, 25, {"skills": 100.0})


def test_the_same_input_gives_the_same_result():
    people = _people(*[("Engineer", ["Python"], 3)] * 50)
    vectors = np.repeat(embed(["x y", "Engineer"])[None], 50, axis=0)
    runs = [score_all(_job(), people, vectors) for _ in range(2)]
    assert runs[0] == runs[1]
    assert [scored.candidate_id.int for scored in runs[0]] == list(range(50))


def test_nobody_is_ranked_where_nobody_is():
    assert score_all(_job(), [], np.zeros((0, 2, DIMENSIONS))) == []


def test_vectors_are_units_and_equal_for_equal_texts():
    one, two, empty = embed(["registered nurse", "registered nurse", ""])
    assert np.array_equal(one, two) and np.linalg.norm(one) == pytest.approx(1, abs=1e-5) and not empty.any()
