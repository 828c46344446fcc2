"""Candidates whom earlier versions may have confused with another person, for manual review.

Those versions accepted partial contact points: a date could become a phone number, and a truncated address could be
someone else's. A shared contact point gave a candidate the resume, form or name of another person.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from enum import StrEnum
from typing import Any
from uuid import UUID

import sqlalchemy as sa

from app.extensions import db
from app.models import ApplicationForm, Candidate, CandidateContact, CandidateResume
from app.schemas.parsed_resume_schema import Fact, ParsedResume
from app.services.candidates import candidate_contact_service, person_names
from app.services.resumes.resume_parser import stands_whole

AT_ONCE = 200  # rows with the whole text of a resume


class Doubt(StrEnum):
    """What may be wrong."""

    PHONE_FROM_DATE = "a phone number was made of a date or of another number"
    ADDRESS_CUT = "an address was cut short and may be somebody else's"
    RESUME_OF_ANOTHER = "a resume bears another name"
    FORM_OF_ANOTHER = "an application was sent under another name"


@dataclass(frozen=True, slots=True)
class DoubtfulCandidate:
    """A candidate with one doubt, and the id of the resume or form that raised it."""

    candidate_id: UUID
    doubt: Doubt
    raised_by: UUID


def doubtful() -> Iterator[DoubtfulCandidate]:
    """Yield every doubt about the candidates of the current tenant; rows are read in batches."""
    resume = (CandidateResume.id, CandidateResume.candidate_id, CandidateResume.text, CandidateResume.parsed)
    resumes = sa.select(*resume).where(CandidateResume.candidate_id.is_not(None), CandidateResume.parsed.is_not(None))
    for rows in _batches(resumes, CandidateResume.id):
        names, points = _names(rows), _points(rows)
        for row in rows:
            for doubt in _of_resume(row, names[row.candidate_id], points.get(row.candidate_id, set())):
                yield DoubtfulCandidate(row.candidate_id, doubt, row.id)
    forms = sa.select(ApplicationForm.id, ApplicationForm.candidate_id, ApplicationForm.name)
    for rows in _batches(forms, ApplicationForm.id):
        names = _names(rows)
        for row in rows:
            if not person_names.may_be_one(row.name, names[row.candidate_id], is_word_enough=True):
                yield DoubtfulCandidate(row.candidate_id, Doubt.FORM_OF_ANOTHER, row.id)


def _of_resume(row: Any, name: str, points: set[str]) -> Iterator[Doubt]:
    parsed = ParsedResume.model_validate(row.parsed)
    if _is_known(parsed.phone, points) and not stands_whole(row.text, parsed.phone):
        yield Doubt.PHONE_FROM_DATE
    if _is_known(parsed.email, points) and not stands_whole(row.text, parsed.email):
        yield Doubt.ADDRESS_CUT
    if parsed.name and not person_names.may_be_one(parsed.name.value, name, is_word_enough=True):
        yield Doubt.RESUME_OF_ANOTHER


def _is_known(fact: Fact | None, points: set[str]) -> bool:
    """Return whether the fact of a resume is a contact point of the candidate."""
    if fact is None:
        return False
    emails, phones = ([fact.value], []) if "@" in fact.value else ([], [fact.value])
    return any(point.value in points for point in candidate_contact_service.normalise(emails, phones))


def _batches(statement: Any, key: Any) -> Iterator[list[Any]]:
    last = None
    while rows := list(db.session.execute(_after(statement, key, last).order_by(key).limit(AT_ONCE))):
        yield rows
        last = rows[-1].id


def _after(statement: Any, key: Any, last: UUID | None) -> Any:
    return statement if last is None else statement.where(key > last)


def _names(rows: Iterable[Any]) -> dict[UUID, str]:
    own = sa.select(Candidate.id, Candidate.name).where(Candidate.id.in_({row.candidate_id for row in rows}))
    return {row.id: row.name for row in db.session.execute(own)}


def _points(rows: Iterable[Any]) -> dict[UUID, set[str]]:
    found: dict[UUID, set[str]] = {}
    own = sa.select(CandidateContact.candidate_id, CandidateContact.value).where(
        CandidateContact.candidate_id.in_({row.candidate_id for row in rows})
    )
    for row in db.session.execute(own):
        found.setdefault(row.candidate_id, set()).add(row.value)
    return found
