"""Suggestions that two candidates are one person: found in blocks by the index, never by comparing all with all."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Sequence
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import undefer

from app.extensions import db
from app.models import Candidate, CandidateContact, CandidateDuplicate, CandidateResume, CandidateWord
from app.models.candidate_contact import ContactKind
from app.models.candidate_duplicate import DuplicateStatus
from app.schemas.candidate_duplicate_schema import DuplicateQuery
from app.schemas.candidate_resume_schema import ParsedResume
from app.schemas.common import Page
from app.services import (
    candidate_contact_service,
    candidate_import_service,
    duplicate_scoring,
    event_service,
    listing,
    rows,
    upsert,
)
from app.services.candidate_contact_service import Contact
from app.services.candidate_search_index import slips
from app.services.duplicate_scoring import Person
from app.services.transaction import mark_deleted, use_case
from app.utils.errors import Conflict
from app.utils.text import words

D = CandidateDuplicate
BLOCK = 100


def list_duplicates(query: DuplicateQuery) -> Page[CandidateDuplicate]:
    """Suggestions about candidates in sight, filtered."""
    statement = sa.select(D)
    if query.candidate_id is not None:
        statement = statement.where((D.first_id == query.candidate_id) | (D.second_id == query.candidate_id))
    if query.status is not None:
        statement = statement.where(D.status == query.status)
    return listing.paginate(statement, D, query)


@use_case
def dismiss(duplicate_id: UUID) -> CandidateDuplicate:
    """Say that two are different people; it is not suggested again."""
    duplicate = rows.hold(CandidateDuplicate, duplicate_id)
    if duplicate.status != DuplicateStatus.OPEN:
        raise Conflict(
            "The suggestion is dismissed already.", code="not_open", current_state=duplicate.status, allowed_actions=[]
        )
    duplicate.status = DuplicateStatus.DISMISSED
    event_service.record("candidate_duplicate.dismissed", duplicate, candidate_id=duplicate.first_id)
    return duplicate


def refresh(candidate_id: UUID) -> int:
    """Compare a candidate with those of the same block, and keep what is suggested; how many suggestions."""
    block = _block(candidate_id)
    people = _people([candidate_id, *block])
    if candidate_id not in people:
        return 0
    own = people.pop(candidate_id)
    found = {other: found for other, person in people.items() if (found := duplicate_scoring.compare(own, person))}
    _keep(candidate_id, found)
    return len(found)


def refresh_imported(import_id: UUID, number: int) -> int | None:
    """Look for duplicates of those whom the next rows of an import made; the last row's number, None for no more."""
    made = candidate_import_service.made_after(import_id, number)
    for _, candidate_id in made:
        refresh(candidate_id)
    return made[-1][0] if made else None


@use_case
def _keep(candidate_id: UUID, found: dict[UUID, duplicate_scoring.Suggestion]) -> None:
    """Write the suggestions of one candidate anew; what was dismissed stays so."""
    of_candidate = (D.first_id == candidate_id) | (D.second_id == candidate_id)
    others = sa.or_(D.first_id.in_(found), D.second_id.in_(found)) if found else sa.false()
    db.session.execute(sa.delete(D).where(of_candidate, D.status == DuplicateStatus.OPEN, sa.not_(others)))
    for other, suggestion in found.items():
        first, second = sorted((candidate_id, other))
        values = {"score": suggestion.score, "reasons": suggestion.reasons}
        row = rows.fresh(first_id=first, second_id=second, status=DuplicateStatus.OPEN, **values)
        statement = upsert.insert(D.__table__).values(row)
        db.session.execute(
            statement.on_conflict_do_update(
                index_elements=["tenant_id", "first_id", "second_id"], set_={**values, "updated_at": row["updated_at"]}
            )
        )
    mark_deleted()


def _block(candidate_id: UUID) -> list[UUID]:
    """Candidates whose name shares words, give or take a letter, and those whose contact points the resume names."""
    candidate = db.session.get(Candidate, candidate_id)
    if candidate is None:
        return []
    marks = slips(words(candidate.name)) or [f"~{word}" for word in words(candidate.name)]
    shared = (
        sa.select(CandidateWord.candidate_id)
        .where(CandidateWord.word.in_(marks), CandidateWord.candidate_id != candidate_id)
        .group_by(CandidateWord.candidate_id)
        .order_by(sa.func.count().desc(), CandidateWord.candidate_id.desc())
        .limit(BLOCK)
    )
    named = candidate_contact_service.normalise(*_named_in(_resumes([candidate_id])))
    own = sa.select(CandidateContact).where(CandidateContact.candidate_id == candidate_id)
    points = [*named, *(Contact(each.kind, each.value, each.raw) for each in db.session.scalars(own))]
    found = candidate_contact_service.bearers(points).values()
    owners = [person.id for people in found for person in people if person.id != candidate_id]
    return list(dict.fromkeys([*owners, *db.session.scalars(shared)]))


def _people(ids: list[UUID]) -> dict[UUID, Person]:
    """What is compared of each, in three statements."""
    candidates = db.session.scalars(sa.select(Candidate).where(Candidate.id.in_(ids))).all()
    points: dict[UUID, list[CandidateContact]] = {}
    for point in db.session.scalars(sa.select(CandidateContact).where(CandidateContact.candidate_id.in_(ids))):
        points.setdefault(point.candidate_id, []).append(point)
    resumes: dict[UUID | None, list[CandidateResume]] = {}
    for resume in _resumes(ids):
        resumes.setdefault(resume.candidate_id, []).append(resume)
    return {each.id: _person(each, points.get(each.id, []), resumes.get(each.id, [])) for each in candidates}


def _resumes(ids: list[UUID]) -> Sequence[CandidateResume]:
    statement = sa.select(CandidateResume).where(
        CandidateResume.candidate_id.in_(ids), CandidateResume.parsed.is_not(None)
    )
    details = (undefer(CandidateResume.parsed), undefer(CandidateResume.text))
    return db.session.scalars(statement.options(*details)).all()


def _person(candidate: Candidate, points: list[CandidateContact], resumes: list[CandidateResume]) -> Person:
    parsed = [ParsedResume.model_validate(resume.parsed) for resume in resumes]
    text = next((resume.text for resume in resumes if resume.is_primary and resume.text), None)
    work = [item.company.value for resume in parsed for item in resume.work if item.company]
    schools = [item.institution.value for resume in parsed for item in resume.education if item.institution]
    named = candidate_contact_service.normalise(*_named_in(resumes))
    return Person(
        name=candidate.name,
        headline=candidate.headline or "",
        location=candidate.location or "",
        emails=frozenset(point.value for point in points if point.kind == ContactKind.EMAIL),
        phones=frozenset(point.value for point in points if point.kind == ContactKind.PHONE),
        named=frozenset(contact.value for contact in named),
        employers=tuple(dict.fromkeys(work)),
        schools=tuple(dict.fromkeys(schools)),
        resume_digest=hashlib.sha256(" ".join(words(text)).encode()).hexdigest() if text else "",
    )


def _named_in(resumes: Iterable[Any]) -> tuple[list[str], list[str]]:
    """The addresses and numbers that resumes name."""
    parsed = [ParsedResume.model_validate(resume.parsed) for resume in resumes]
    return [each.email.value for each in parsed if each.email], [each.phone.value for each in parsed if each.phone]
