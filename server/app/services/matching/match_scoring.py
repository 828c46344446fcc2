"""How well candidates fit a job: pure, deterministic functions over arrays."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

import numpy as np
from rapidfuzz import fuzz

from app.services.search.skill_taxonomy import canonical
from app.services.search.text_embedding import Vector

# Titles and meaning weigh most, then skills, then experience: a score led by the number of skills ranked badly
# when it was measured.
WEIGHTS = {"titles": 0.35, "meaning": 0.30, "skills": 0.25, "experience": 0.10}
NAMES = tuple(WEIGHTS)
GRADES = ((90, "A+"), (80, "A"), (75, "B+"), (70, "B"), (65, "C+"))
LOWEST_GRADE = "C"

# Cosines of averaged word vectors: unrelated texts are near the floor, near-equal ones at the ceiling.
COSINE_FLOOR = 0.15
COSINE_CEILING = 0.85
FUZZY_SKILL = 88  # percent of similarity: Kubernets is Kubernetes, Java is not JavaScript
REQUIRED_SHARE = 0.75

# Domain rules: years short by 1/2/3/4+ and over by up to 2/5/10/more.
SHORT_SCORES = (100, 85, 70, 55, 40)
OVER_STEPS = ((0, 100), (2, 95), (5, 90), (10, 85))
FAR_OVER = 80


@dataclass(frozen=True, slots=True)
class JobProfile:
    """The requirements of a job."""

    title: str
    required: tuple[str, ...]
    preferred: tuple[str, ...]
    min_years: int | None
    max_years: int | None
    vectors: Vector  # of the whole text, and of the title


@dataclass(frozen=True, slots=True)
class CandidateProfile:
    """The facts of a candidate that scoring uses."""

    id: UUID
    headline: str | None
    skills: Sequence[str]
    years: float | None


@dataclass(frozen=True, slots=True)
class Scored:
    """A result: score in hundredths of a point, percentage of known weight, score of each known criterion."""

    candidate_id: UUID
    score: int
    confidence: int
    criteria: dict[str, float]


def score_all(job: JobProfile, people: Sequence[CandidateProfile], vectors: Vector) -> list[Scored]:
    """Return the results, best first; unknown criteria are NaN and do not count."""
    if not people:
        return []
    # A column per criterion, in the order of NAMES. The first vector is of the text, the second of the titles.
    table = np.column_stack(
        [
            _cosines(vectors[:, 1], job.vectors[1]),
            _cosines(vectors[:, 0], job.vectors[0]),
            np.array(_skills(job, people), dtype=np.float64),
            np.array([experience_score(p.years, job.min_years, job.max_years) for p in people], dtype=np.float64),
        ]
    )
    weights = np.array([WEIGHTS[name] for name in NAMES])
    known = ~np.isnan(table)
    # Unknown is not zero: the known criteria share the whole weight, and `confidence` says how much was known.
    mass = (known * weights).sum(axis=1)
    totals = np.divide((np.nan_to_num(table) * weights).sum(axis=1), mass, out=np.zeros(len(people)), where=mass > 0)
    scored = [
        Scored(person.id, round(float(totals[row]) * 100), round(float(mass[row]) * 100), _known(table[row]))
        for row, person in enumerate(people)
    ]
    # The id breaks ties, so that the same input gives the same order.
    return sorted(scored, key=lambda item: (-item.score, -item.confidence, item.candidate_id))


def grade_of(hundredths: int) -> str:
    """Return the grade of a score."""
    return next((grade for least, grade in GRADES if hundredths >= least * 100), LOWEST_GRADE)


def experience_score(years: float | None, least: int | None, most: int | None) -> float:
    """Return 0 to 100 by the distance from the required range; NaN if either is unknown."""
    if years is None or (least is None and most is None):
        return float("nan")
    if least is not None and years < least:
        return float(SHORT_SCORES[min(4, int(np.ceil(least - years)))])  # 2.5 of 3 years is short by one
    over = years - most if most is not None else 0.0
    return float(next((score for step, score in OVER_STEPS if over <= step), FAR_OVER))


def matched_skills(wanted: Sequence[str], have: Sequence[str]) -> dict[str, str]:
    """Map each wanted skill that is met to the candidate's skill: the same, a synonym, or a similar spelling."""
    keys = {canonical(skill): skill for skill in have}
    met = {}
    for skill in wanted:
        key = canonical(skill)
        if key in keys:
            met[skill] = keys[key]
        # Short names resemble each other by chance: Rust and trust are 88.9 % alike.
        elif near := next((k for k in keys if len(key) > 4 and fuzz.ratio(key, k) >= FUZZY_SKILL), None):
            met[skill] = keys[near]
    return met


def _skills(job: JobProfile, people: Sequence[CandidateProfile]) -> list[float]:
    if not job.required and not job.preferred:
        return [float("nan")] * len(people)
    # No skills at all means that none were listed or read: unknown, not zero.
    return [_skill_score(job, person.skills) if person.skills else float("nan") for person in people]


def _skill_score(job: JobProfile, have: Sequence[str]) -> float:
    """Return the share of skills met; required ones count three quarters if there are preferred ones too."""
    shares = [
        len(matched_skills(wanted, have)) / len(wanted) if wanted else None for wanted in (job.required, job.preferred)
    ]
    required, preferred = shares
    if required is None or preferred is None:
        return 100 * (required if required is not None else preferred or 0.0)
    return 100 * (REQUIRED_SHARE * required + (1 - REQUIRED_SHARE) * preferred)


def _cosines(vectors: Vector, wanted: Vector) -> Vector:
    """Return cosines scaled to 0 to 100; NaN if there is no vector."""
    scores = (vectors @ wanted).astype(np.float64)  # of unit vectors, the product is the cosine
    share = np.clip((scores - COSINE_FLOOR) / (COSINE_CEILING - COSINE_FLOOR), 0, 1) * 100
    empty = ~vectors.any(axis=1) | (not wanted.any())
    return np.where(empty, np.nan, share)


def _known(row: Vector) -> dict[str, float]:
    return {name: round(float(value), 2) for name, value in zip(NAMES, row, strict=True) if not np.isnan(value)}
