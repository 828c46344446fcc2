"""Blocks of candidates to compare, and the data to compare, for many candidates at once."""

from __future__ import annotations

import hashlib
from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any
from uuid import UUID

import sqlalchemy as sa

from app.extensions import db
from app.models import Candidate, CandidateContact, CandidateDuplicate, CandidateResume, CandidateWord
from app.models.candidate_contact import NAMING, ContactKind
from app.models.candidate_duplicate import DuplicateStatus
from app.services.candidates import candidate_contact_service
from app.services.duplicates import duplicate_scoring
from app.services.duplicates.duplicate_scoring import Person
from app.services.search.candidate_search_index import typo_variants
from app.utils.parts import parts
from app.utils.text import words

MOST_ALIKE = 100  # per block, candidates with a similar name
FEW = 10  # contact points of more people are ignored: likely a switchboard or shared mailbox
AT_ONCE = 200
POINTS = CandidateContact.kind.in_(NAMING)


@dataclass(frozen=True, slots=True)
class Block:
    """A candidate without common contact points, and whom to compare it with."""

    person: Person
    others: frozenset[UUID]


def blocks(ids: Sequence[UUID]) -> dict[UUID, Block]:
    """Return the block of each candidate: those who share a contact point or have similar words in the name.

    Open suggestions are included, because a block need not be symmetric.
    """
    own = people(ids)
    bearers = _bearers({value for person in own.values() for value in _values(person)})
    common = _common(bearers)
    like, suggested = _with_like_words(own), _suggested(ids)
    found = {}
    for candidate_id, whole in own.items():
        person = _without(whole, common)
        near = {each for value in _values(person) for each in bearers.get(value, ())}
        near.update(like[candidate_id], suggested[candidate_id])
        found[candidate_id] = Block(person, frozenset(near - {candidate_id}))
    return found


def in_parts(ids: Collection[UUID]) -> Iterator[dict[UUID, Person]]:
    """Yield the data of many people in batches, because resumes are large; without common contact points."""
    for part in parts(sorted(ids), AT_ONCE):
        found = people(part)
        common = _common(_bearers({value for person in found.values() for value in _values(person)}))
        yield {candidate_id: _without(person, common) for candidate_id, person in found.items()}


def people(ids: Sequence[UUID]) -> dict[UUID, Person]:
    """Return the data to compare, in three statements."""
    candidates = db.session.execute(
        sa.select(Candidate.id, Candidate.name, Candidate.headline, Candidate.location).where(Candidate.id.in_(ids))
    ).all()
    points: dict[UUID, list[Any]] = defaultdict(list)
    for point in db.session.execute(
        sa.select(CandidateContact.candidate_id, CandidateContact.kind, CandidateContact.value).where(
            CandidateContact.candidate_id.in_(ids), POINTS
        )
    ):
        points[point.candidate_id].append(point)
    resumes: dict[UUID, list[Any]] = defaultdict(list)
    read = sa.select(
        CandidateResume.candidate_id, CandidateResume.is_primary, CandidateResume.parsed, CandidateResume.text
    )
    for resume in db.session.execute(
        read.where(CandidateResume.candidate_id.in_(ids), CandidateResume.parsed.is_not(None))
    ):
        resumes[resume.candidate_id].append(resume)
    return {each.id: _person(each, points[each.id], resumes[each.id]) for each in candidates}


def _without(person: Person, common: frozenset[str]) -> Person:
    return replace(person, emails=person.emails - common, phones=person.phones - common, named=person.named - common)


def _values(person: Person) -> frozenset[str]:
    return person.emails | person.phones | person.named


def _bearers(values: Collection[str]) -> dict[str, list[UUID]]:
    """Return who has each contact point, at most `FEW` + 1 people each."""
    found: dict[str, list[UUID]] = defaultdict(list)
    for part in parts(sorted(values), AT_ONCE):
        place = (
            sa.func.row_number()
            .over(partition_by=(CandidateContact.kind, CandidateContact.value), order_by=CandidateContact.id)
            .label("place")
        )
        some = sa.select(CandidateContact.value, CandidateContact.candidate_id, place).where(
            CandidateContact.value.in_(part), POINTS
        )
        ranked = some.subquery()
        # One more than FEW tells `_common` that there are many.
        for row in db.session.execute(sa.select(ranked).where(ranked.c.place <= FEW + 1)):
            found[row.value].append(row.candidate_id)
    return found


def _common(bearers: Mapping[str, list[UUID]]) -> frozenset[str]:
    """Return the contact points of more than `FEW` people."""
    return frozenset(value for value, having in bearers.items() if len(having) > FEW)


def _suggested(ids: Sequence[UUID]) -> dict[UUID, set[UUID]]:
    """Return the other candidate of each open suggestion."""
    found: dict[UUID, set[UUID]] = defaultdict(set)
    # Two statements, because each of the columns has its own index.
    for one, other in (
        (CandidateDuplicate.first_id, CandidateDuplicate.second_id),
        (CandidateDuplicate.second_id, CandidateDuplicate.first_id),
    ):
        pairs = sa.select(one, other).where(one.in_(ids), CandidateDuplicate.status == DuplicateStatus.OPEN)
        for own, theirs in db.session.execute(pairs):
            found[own].add(theirs)
    return found


def _with_like_words(own: Mapping[UUID, Person]) -> dict[UUID, list[UUID]]:
    """Return candidates with similar words in the name.

    Without a resume to compare, only those whose whole names are similar, so that little is read of most of them.
    """
    near = {candidate_id: _sharing_words(candidate_id, person.name) for candidate_id, person in own.items()}
    names = _names({each for ids in near.values() for each in ids})

    def counts(person: Person, other: UUID) -> bool:
        return bool(person.resume_digest) or duplicate_scoring.are_alike(person.name, names[other])

    return {key: [each for each in ids if each in names and counts(own[key], each)] for key, ids in near.items()}


def _sharing_words(candidate_id: UUID, name: str) -> Sequence[UUID]:
    marks = typo_variants(words(name)) or [f"~{word}" for word in words(name)]
    statement = sa.select(CandidateWord.candidate_id).where(
        CandidateWord.word.in_(marks), CandidateWord.candidate_id != candidate_id
    )
    # Those who share the most variants first: a block holds only MOST_ALIKE of them.
    ordered = statement.group_by(CandidateWord.candidate_id).order_by(
        sa.func.count().desc(), CandidateWord.candidate_id.desc()
    )
    return db.session.scalars(ordered.limit(MOST_ALIKE)).all()


def _names(ids: Collection[UUID]) -> dict[UUID, str]:
    found: dict[UUID, str] = {}
    for part in parts(sorted(ids), AT_ONCE):
        some = sa.select(Candidate.id, Candidate.name).where(Candidate.id.in_(part))
        found |= {row.id: row.name for row in db.session.execute(some)}
    return found


def _person(candidate: Any, points: list[Any], resumes: list[Any]) -> Person:
    text = next((resume.text for resume in resumes if resume.is_primary and resume.text), None)
    named = candidate_contact_service.normalise(
        [found for it in resumes if (found := _value(it.parsed, "email"))],
        [found for it in resumes if (found := _value(it.parsed, "phone"))],
    )
    return Person(
        name=candidate.name,
        headline=candidate.headline or "",
        location=candidate.location or "",
        emails=frozenset(point.value for point in points if point.kind == ContactKind.EMAIL),
        phones=frozenset(point.value for point in points if point.kind == ContactKind.PHONE),
        named=frozenset(contact.value for contact in named),
        employers=_each(resumes, "work", "company"),
        schools=_each(resumes, "education", "institution"),
        # Of the words, so that the same resume in another layout or file format has the same digest.
        resume_digest=hashlib.sha256(" ".join(words(text)).encode()).hexdigest() if text else "",
    )


def _each(resumes: list[Any], section: str, name: str) -> tuple[str, ...]:
    """Return one fact of every item of a section, without repeats.

    The stored JSON is read without validation, which would take ten times as long.
    """
    found = [_value(item, name) for resume in resumes for item in resume.parsed.get(section, ())]
    return tuple(dict.fromkeys(value for value in found if value))


def _value(holder: Mapping[str, Any], name: str) -> str | None:
    fact = holder.get(name)
    return fact["value"] if fact else None
