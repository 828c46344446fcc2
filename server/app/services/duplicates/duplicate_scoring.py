"""The score that two candidates are the same person, with reasons: pure functions.

A name alone never suffices: it gives at most 50 of the 60 points that a suggestion needs. A contact point counts once.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache

from rapidfuzz import fuzz

from app.utils.text import fold, fold_line, transliterate, words

THRESHOLD = 60
ALIKE = 85  # of 100: Mona Costa and Mona Kosta have 90, Jan Nowak and Jan Nowicki 80
NAME_POINTS = 50
# A contact point is enough for the threshold; an employer or a place only adds to a similar name.
POINTS = {
    "contact_in_resume": 60,
    "shared_contact": 60,
    "same_phone_ending": 35,
    "same_email_name": 30,
    "same_resume": 50,
    "same_employer": 25,
    "same_school": 15,
    "same_location": 15,
    "same_headline": 10,
}
WITHOUT_NAME = frozenset({"contact_in_resume", "shared_contact", "same_resume"})  # sufficient even if the names differ
PHONE_ENDING = 7  # digits: the same number under another area or country code
EMAIL_NAME = 5  # letters: shorter names before the @, such as anna, are too common
COMMON = frozenset({"info", "contact", "office", "hello", "mail", "admin", "career", "jobs"})  # mailboxes of companies


@dataclass(frozen=True, slots=True)
class Person:
    """The data to compare. `named` are the contact points found in the resumes."""

    name: str
    headline: str = ""
    location: str = ""
    emails: frozenset[str] = frozenset()
    phones: frozenset[str] = frozenset()
    named: frozenset[str] = frozenset()
    employers: tuple[str, ...] = ()
    schools: tuple[str, ...] = ()
    resume_digest: str = ""


@dataclass(frozen=True, slots=True)
class Suggestion:
    """The score out of 100, and the reasons by descending points."""

    score: int
    reasons: list[dict[str, str | int]]


def compare(one: Person, other: Person) -> Suggestion | None:
    """Return the suggestion that two are the same person, or None."""
    alike = _likeness(one.name, other.name)
    reasons = {name: POINTS[name] for name, test in TESTS.items() if test(one, other)}
    if alike >= ALIKE:
        reasons["similar_name"] = round(NAME_POINTS * alike / 100)
    elif not reasons.keys() & WITHOUT_NAME:
        return None
    score = min(100, sum(reasons.values()))
    if score < THRESHOLD or set(reasons) <= {"similar_name"}:
        return None
    ordered = sorted(reasons.items(), key=lambda each: (-each[1], each[0]))
    return Suggestion(score, [{"reason": name, "points": points} for name, points in ordered])


def are_alike(one: str, other: str) -> bool:
    """Return whether two names are similar enough to count."""
    return _likeness(one, other) >= ALIKE


def _likeness(one: str, other: str) -> float:
    """Return the similarity of two names in any word order, out of 100."""
    return float(fuzz.token_sort_ratio(_spelled(one), _spelled(other)))


@lru_cache(maxsize=10_000)
def _spelled(name: str) -> str:
    return fold_line(transliterate(name))


def _named(one: Person, other: Person) -> bool:
    """Whether the resume of one contains a contact point that only the other has."""
    points = [person.emails | person.phones for person in (one, other)]
    return bool((one.named & points[1] | other.named & points[0]) - (points[0] & points[1]))


def _shared(one: Person, other: Person) -> bool:
    """Whether both have the same contact point, added under different names."""
    return bool(one.emails & other.emails or one.phones & other.phones)


def _phone_ending(one: Person, other: Person) -> bool:
    both = one.phones & other.phones  # these count as `shared_contact`
    endings = [{phone[-PHONE_ENDING:] for phone in person.phones - both} for person in (one, other)]
    return bool(endings[0] & endings[1])


def _email_name(one: Person, other: Person) -> bool:
    both = one.emails & other.emails
    # "ann.lee+jobs@one.example" and "ann.lee@two.example"
    names = [{email.partition("@")[0].partition("+")[0] for email in person.emails - both} for person in (one, other)]
    return any(len(name) >= EMAIL_NAME and name not in COMMON for name in names[0] & names[1])


def _alike(one: tuple[str, ...], other: tuple[str, ...]) -> bool:
    # "Castellan Software" and "Castellan Software GmbH": additional words do not count.
    return any(fuzz.token_set_ratio(fold(a), fold(b)) >= 90 for a in one for b in other if min(len(a), len(b)) > 2)


def _same_place(one: Person, other: Person) -> bool:
    first, second = words(one.location)[:1], words(other.location)[:1]  # "Hamburg" and "Hamburg, Germany"
    return bool(first) and first == second


TESTS: dict[str, Callable[[Person, Person], bool]] = {
    "contact_in_resume": _named,
    "shared_contact": _shared,
    "same_phone_ending": _phone_ending,
    "same_email_name": _email_name,
    "same_resume": lambda one, other: bool(one.resume_digest) and one.resume_digest == other.resume_digest,
    "same_employer": lambda one, other: _alike(one.employers, other.employers),
    "same_school": lambda one, other: _alike(one.schools, other.schools),
    "same_location": _same_place,
    "same_headline": lambda one, other: bool(one.headline) and fold_line(one.headline) == fold_line(other.headline),
}
