"""Scores: deterministic, fair to what is unknown, graded by the rules."""

from __future__ import annotations

import math
from uuid import UUID

import numpy as np
import pytest

from app.services.matching.match_scoring import (
    LOWEST,
    CandidateProfile,
    JobProfile,
    experience_score,
    grade_of,
    matched_skills,
    met_skills,
    score_best,
    weights,
    with_all_skills,
)
from app.services.search.text_embedding import DIMENSIONS, embed

NOTHING = np.zeros((2, DIMENSIONS), dtype=np.float32)
ENGINEER = embed(["Data pipelines in Python and SQL", "Data Engineer"])
NURSE = embed(["Cares for patients", "Nurse"])


def _job(**values):
    defaults = {"title": "Data Engineer", "description": "", "required": ("Python", "SQL"), "preferred": ()}
    defaults |= {"min_years": 3, "max_years": None, "vectors": [ENGINEER]}
    return JobProfile(**{**defaults, **values})


def _people(*rows):
    return [CandidateProfile(UUID(int=n), skills, years) for n, (skills, years) in enumerate(rows)]


def _score(job, people, *vectors):
    return score_best(job, people, [np.stack(vectors)], len(people))


def _with_all_skills(job, person, scored, text):
    return with_all_skills(job, person, scored, met_skills(job, person, text))


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
    assert matched_skills(["Java"], ["JavaScript"]) == matched_skills(["trust"], ["Rust"]) == {}


def test_titles_and_meaning_lead():
    first, second = _score(_job(), _people((["SQL"], 4), (["Python", "SQL"], 4)), ENGINEER, NURSE)
    assert first.candidate_id == UUID(int=0) and first.score > second.score + 1000


def test_a_job_without_requirements_gives_nobody_an_a():
    empty = _job(required=(), min_years=None, vectors=[NOTHING])
    (scored,) = _score(empty, _people((["CPR"], 4)), NURSE)
    assert (scored.score, scored.confidence, scored.criteria) == (0, 0, {})


def test_skills_and_years_alone_carry_nobody():
    (scored,) = _score(_job(), _people((["Python", "SQL"], 9)), NOTHING)
    assert (scored.score, scored.confidence) == (1500, 15) and grade_of(scored.score) == "C"
    assert not scored.criteria["titles"].is_known and scored.criteria["skills"].is_known


@pytest.mark.parametrize("known", [ENGINEER, NURSE], ids=["who fits", "who does not"])
@pytest.mark.parametrize("skills", [["Python", "SQL"], ["Triage"]])
@pytest.mark.parametrize("years", [9.0, 0.0])
def test_leaving_something_out_never_raises_a_score_and_lowers_the_confidence(known, skills, years):
    without_text, without_titles = known.copy(), known.copy()
    without_text[0] = without_titles[1] = 0
    (full,) = _score(_job(), _people((skills, years)), known)
    for less, vectors in [((skills, years), without_text), ((skills, years), without_titles)] + [
        (([], years), known),
        ((skills, None), known),
    ]:
        (scored,) = _score(_job(), _people(less), vectors)
        assert scored.score <= full.score and scored.confidence < full.confidence == 100


def test_the_score_is_the_mean_of_the_criteria_that_the_job_has():
    for job in (_job(), _job(required=()), _job(min_years=None), _job(required=(), min_years=None)):
        (scored,) = _score(job, _people((["SQL"], 2)), ENGINEER)
        share = weights(scored.criteria)
        assert sum(share.values()) == pytest.approx(1)
        total = sum(share[name] * criterion.score for name, criterion in scored.criteria.items())
        assert scored.score == pytest.approx(100 * total, abs=1)


def test_what_is_unknown_counts_as_the_lowest_score():
    (scored,) = _score(_job(), _people(([], None)), NOTHING)
    assert {name: criterion.score for name, criterion in scored.criteria.items()} == LOWEST
    assert LOWEST["experience"] == experience_score(0, 9, None)


def test_equal_scores_are_ordered_by_confidence_then_by_id():
    job = _job(required=("Cobol",))
    people = _people(([], 5), (["Sailing"], 5), ([], 5))
    found = _score(job, people, ENGINEER, ENGINEER, ENGINEER)
    assert len({scored.score for scored in found}) == 1
    assert [scored.candidate_id.int for scored in found] == [1, 0, 2]


def test_only_the_best_are_returned_and_whoever_must_be_there():
    people = _people(*[(["Python", "SQL"], 9)] * 3, ([], None))
    found = score_best(_job(), people, [np.stack([ENGINEER] * 3 + [NURSE])], 2, {UUID(int=3)})
    assert [scored.candidate_id.int for scored in found] == [0, 1, 3]


def test_similar_spellings_count_in_the_end():
    job, people = _job(required=("Kubernetes", "SQL")), _people((["Kubernets", "SQL"], 5))
    (scored,) = _score(job, people, ENGINEER)
    assert (
        scored.criteria["skills"].score == 50
        and _with_all_skills(job, people[0], scored, "").criteria["skills"].score == 100
    )


def test_skills_that_only_the_text_names_count_in_the_end():
    job, people = _job(required=("C++", "SQL")), _people(([], 5))
    (scored,) = _score(job, people, ENGINEER)
    assert not _with_all_skills(job, people[0], scored, "Knows C and NoSQL.").criteria["skills"].is_known
    assert _with_all_skills(job, people[0], scored, "Writes c++ daily.").criteria["skills"].score == 50


def test_two_names_of_one_skill_are_both_met():
    (scored,) = _score(_job(required=("K8s", "Go"), preferred=("Kubernetes",)), _people((["kubernetes"], 5)), ENGINEER)
    assert scored.criteria["skills"].score == 62.5  # 0.75 x 1/2 + 0.25 x 1/1


def test_the_same_input_gives_the_same_result():
    people = _people(*[(["Python"], 3)] * 50)
    runs = [_score(_job(), people, *[ENGINEER] * 50) for _ in range(2)]
    assert runs[0] == runs[1]
    assert [scored.candidate_id.int for scored in runs[0]] == list(range(50))


def test_nobody_is_ranked_where_nobody_is():
    assert score_best(_job(), [], [np.zeros((0, 2, DIMENSIONS))], 10) == []


def test_vectors_are_units_and_equal_for_equal_texts():
    one, two, empty = embed(["registered nurse", "registered nurse", ""])
    assert np.array_equal(one, two) and np.linalg.norm(one) == pytest.approx(1, abs=1e-5) and not empty.any()
