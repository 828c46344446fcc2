"""How well candidates fit a job: pure, deterministic functions over arrays (decision 0031)."""

from __future__ import annotations

import re
from collections.abc import Container, Iterable, Sequence
from dataclasses import dataclass
from uuid import UUID

import numpy as np
from rapidfuzz import fuzz

from app.services.search.skill_taxonomy import canonical
from app.services.search.text_embedding import Vector
from app.services.search.text_encoders import Cosines, text_encoders

VERSION = 2  # of the formula, its weights and constants

# Meaning and titles rank people, skills and experience explain: measured, a score led by skills ranks badly.
WEIGHTS = {"titles": 0.25, "meaning": 0.60, "skills": 0.05, "experience": 0.10}
NAMES = tuple(WEIGHTS)
GRADES = ((90, "A+"), (80, "A"), (75, "B+"), (70, "B"), (65, "C+"))
LOWEST_GRADE = "C"

FUZZY_SKILL = 88  # percent of similarity: Kubernets is Kubernetes, Java is not JavaScript
REQUIRED_SHARE = 0.75

# Domain rules: years short by 1/2/3/4+ and over by up to 2/5/10/more.
SHORT_SCORES = (100, 85, 70, 55, 40)
OVER_STEPS = ((0, 100), (2, 95), (5, 90), (10, 85))
FAR_OVER = 80

# What a criterion counts if nothing is known of a candidate: its lowest score, which for titles, meaning and skills is
# also that of most people. So nobody gains by leaving something out.
LOWEST = {"titles": 0.0, "meaning": 0.0, "skills": 0.0, "experience": float(min(SHORT_SCORES))}


@dataclass(frozen=True, slots=True)
class JobProfile:
    """The requirements of a job; `vectors` has its text and its title, for each encoder."""

    title: str
    description: str
    required: tuple[str, ...]
    preferred: tuple[str, ...]
    min_years: int | None
    max_years: int | None
    vectors: Sequence[Vector]


@dataclass(frozen=True, slots=True)
class CandidateProfile:
    """The facts of a candidate that scoring uses."""

    id: UUID
    skills: Sequence[str]
    years: float | None


@dataclass(frozen=True, slots=True)
class CriterionScore:
    """0 to 100; `is_known` is False if the score stands for what is not known of the candidate."""

    score: float
    is_known: bool


@dataclass(frozen=True, slots=True)
class Scored:
    """A result: score in hundredths of a point, percentage of known weight, score of each criterion of the job."""

    candidate_id: UUID
    score: int
    confidence: int
    criteria: dict[str, CriterionScore]


def scorer() -> str:
    """Return the version of what scores depend on besides the data: formula and encoders."""
    return f"{VERSION} {text_encoders.names}"


def score_best(
    job: JobProfile,
    people: Sequence[CandidateProfile],
    vectors: Sequence[Vector],
    most: int,
    always: Container[UUID] = (),
) -> list[Scored]:
    """Score all people, and return the `most` best and those of `always`, best first.

    `people` are in the order of their ids; `vectors` has their texts and titles, for each encoder. The score is the
    mean of the criteria that the job has, by weight. Skills that are only spelled similarly count in
    `with_all_skills`, because comparing all spellings is slow.
    """
    if not people:
        return []
    # A column per criterion, in the order of NAMES. The first vector is of the text, the second of the titles.
    columns = [
        _closeness(job, vectors, 1, [encoder.titles for encoder in text_encoders.active]),
        _closeness(job, vectors, 0, [encoder.text for encoder in text_encoders.active]),
        _same_skills(job, people),
        np.array([experience_score(p.years, job.min_years, job.max_years) for p in people], dtype=np.float64),
    ]
    asked = [at for at, name in enumerate(NAMES) if _asks(job, name)]
    names = [NAMES[at] for at in asked]
    table = np.column_stack([columns[at] for at in asked]) if asked else np.zeros((len(people), 0))
    known = ~np.isnan(table)
    table = np.round(np.where(known, table, [LOWEST[name] for name in names]), 2)
    share = np.array(list(weights(names).values()))
    scores, confidences = table @ share, known @ np.array([WEIGHTS[name] for name in names])
    # The place breaks ties, so that the same input gives the same order.
    order = np.lexsort((np.arange(len(people)), -confidences, -np.round(scores, 2)))
    rows = [row for place, row in enumerate(order) if place < most or people[row].id in always]
    return [
        _scored(people[row].id, dict(zip(names, map(CriterionScore, table[row].tolist(), known[row].tolist()))))
        for row in rows
    ]


def with_all_skills(job: JobProfile, person: CandidateProfile, scored: Scored, met: dict[str, str]) -> Scored:
    """Return the result with the skills counted, too, that are spelled similarly or that only the text names."""
    if "skills" not in scored.criteria or not (met or person.skills):
        return scored
    return _scored(person.id, {**scored.criteria, "skills": CriterionScore(round(_share(job, met), 2), True)})


def weights(names: Iterable[str]) -> dict[str, float]:
    """Return the weights of these criteria, scaled to a sum of 1."""
    own = {name: WEIGHTS[name] for name in names}
    return {name: weight / sum(own.values()) for name, weight in own.items()}


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
        elif near := next((k for k in keys if min(len(key), len(k)) > 4 and fuzz.ratio(key, k) >= FUZZY_SKILL), None):
            met[skill] = keys[near]
    return met


def with_meaning_of(other: Scored, scored: Scored) -> Scored:
    """Return a result with the score of the text that another one has."""
    return _scored(scored.candidate_id, {**scored.criteria, "meaning": other.criteria["meaning"]})


def met_skills(job: JobProfile, person: CandidateProfile, text: str) -> dict[str, str]:
    """Map each skill of a job that a candidate has to the candidate's word for it."""
    wanted = (*job.required, *job.preferred)
    return {skill: found.group() for skill in wanted if (found := mention(skill, text))} | matched_skills(
        wanted, person.skills
    )


def mention(skill: str, text: str) -> re.Match[str] | None:
    """Return where a text literally names a skill."""
    # Not \b, which does not match after a sign: C++, C#.
    return re.search(rf"(?<!\w){re.escape(skill)}(?!\w)", text, re.IGNORECASE)


def _asks(job: JobProfile, name: str) -> bool:
    """Return whether a job has what a criterion compares with."""
    if name == "skills":
        return bool(job.required or job.preferred)
    if name == "experience":
        return job.min_years is not None or job.max_years is not None
    return bool(job.vectors[0][1 if name == "titles" else 0].any())


def _scored(candidate_id: UUID, criteria: dict[str, CriterionScore]) -> Scored:
    total = sum(weight * criteria[name].score for name, weight in weights(criteria).items())
    confidence = sum(WEIGHTS[name] for name, criterion in criteria.items() if criterion.is_known)
    return Scored(candidate_id, round(total * 100), round(confidence * 100), criteria)


def _same_skills(job: JobProfile, people: Sequence[CandidateProfile]) -> Vector:
    """Return the share of skills that each candidate has under the same or an alternative name; NaN without skills."""
    wanted: dict[str, set[str]] = {}
    for skill in (*job.required, *job.preferred):
        wanted.setdefault(canonical(skill), set()).add(skill)
    # Each spelling is looked up once, however many candidates share it.
    spellings = {skill for person in people for skill in person.skills}
    key_of = {skill: key for skill in spellings if (key := canonical(skill)) in wanted}
    shares = []
    for person in people:
        met = {each for skill in person.skills if skill in key_of for each in wanted[key_of[skill]]}
        # No skills at all means that none were listed or read: unknown, not zero.
        shares.append(_share(job, met) if person.skills else float("nan"))
    return np.array(shares, dtype=np.float64)


def _share(job: JobProfile, met: dict[str, str] | set[str]) -> float:
    """Return the percentage of skills met; required ones count three quarters if there are preferred ones too."""
    groups = [(REQUIRED_SHARE, job.required), (1 - REQUIRED_SHARE, job.preferred)]
    parts = [(weight, sum(skill in met for skill in group) / len(group)) for weight, group in groups if group]
    mass = sum(weight for weight, _ in parts)
    return 100 * sum(weight * share for weight, share in parts) / mass if parts else 0.0


def _closeness(job: JobProfile, vectors: Sequence[Vector], part: int, ranges: Sequence[Cosines]) -> Vector:
    """Return the mean closeness over the encoders that know a candidate, 0 to 100; NaN if none does."""
    each = np.stack(
        [
            _percent(theirs[:, part], ours[part], *cosines)
            for ours, theirs, cosines in zip(job.vectors, vectors, ranges, strict=True)
        ]
    )
    known = ~np.isnan(each)
    total, count = np.where(known, each, 0.0).sum(axis=0), known.sum(axis=0)
    closeness: Vector = np.divide(total, count, out=np.full(len(total), np.nan), where=count > 0)
    return closeness


def _percent(vectors: Vector, wanted: Vector, usual: float, full: float) -> Vector:
    # Of unit vectors, the product is the cosine. Its last digits depend on how many rows are multiplied at once.
    cosines = np.round((vectors @ wanted).astype(np.float64), 5)
    share = np.clip((cosines - usual) / (full - usual), 0, 1) * 100
    return np.where(vectors.any(axis=1), share, np.nan)
