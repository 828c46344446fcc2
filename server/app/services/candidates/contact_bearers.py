"""Who has a contact point, and which of them somebody may be.

A shared contact point is no identity: families share a phone, companies a switchboard, couples an address. Whoever is
recognised by one must bear the name as well.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

import sqlalchemy as sa

from app.extensions import db
from app.models import Candidate, CandidateContact
from app.models.candidate_contact import NAMING, NOBODY, ContactKind
from app.services.candidates import person_names
from app.services.candidates.candidate_contact_service import Contact
from app.utils.parts import parts

AT_ONCE = 500
MOST_PEOPLE = 2_000  # of one point that are looked at: nobody is recognised by what more people share
Point = tuple[ContactKind, str]


@dataclass(slots=True, eq=False)
class Bearer:
    """Somebody who has contact points, with the name and the others that this person goes by."""

    id: UUID
    names: tuple[str, ...]


@dataclass(slots=True)
class Bearers:
    """All who have one contact point, in order: first whom it names, if anybody, then who shares it."""

    kind: ContactKind
    people: list[Bearer] = field(default_factory=list)
    named_id: UUID | None = None
    _by_key: dict[str, list[Bearer]] = field(default_factory=dict)

    def add(self, person: Bearer, is_shared: bool) -> None:
        """One more, after the others."""
        if not is_shared:
            self.named_id = person.id
        self.people.append(person)
        for key in {key for name in person.names for key in person_names.keys(name)}:
            self._by_key.setdefault(key, []).append(person)

    def named(self, name: str) -> list[Bearer]:
        """Those who may bear the name; looked up, so that a number of thousands costs no comparison with each.

        Of an address, which is rarely shared, one word of a name is enough.
        """
        near = {person for key in person_names.keys(name) for person in self._by_key.get(key, ())}
        same = {person for person in near if _goes_by(person, name, is_word_enough=self.kind == ContactKind.EMAIL)}
        return list(dict.fromkeys(person for person in self.people if person in same)) if same else []

    def named_on_top(self, text: str) -> list[Bearer]:
        """Those with whose name a text begins."""
        return [it for it in self.people if any(person_names.stands_on_top(text, own) for own in it.names)]


def find_person(contacts: list[Contact], name: str | None, text: str = "") -> UUID | None:
    """The candidate who has one of these addresses or numbers and may bear this name; the address counts first.

    Where no name could be read, it is the one whose name `text` begins with. Where several may be meant, it is nobody.
    """
    found = bearers(contacts)
    for kind in NAMING:
        for contact in (each for each in contacts if each.kind == kind):
            having = found.get((kind, contact.value), Bearers(kind))
            people = meant([having], name) if name else having.named_on_top(text)
            if len(people) == 1:
                return people[0].id
    return None


def meant(having: Sequence[Bearers], name: str) -> list[Bearer]:
    """Who may be meant by a name and its contact points: of several the one whose name is spelled alike, and of several
    of that name the one whom a point names. More than one where that does not tell."""
    people = list(dict.fromkeys(person for each in having for person in each.named(name)))
    alike = [person for person in people if person_names.is_spelled_alike(person.names[0], name)]
    named = [person for person in alike if person.id in {each.named_id for each in having}]
    return next((some for some in (named, alike) if len(some) == 1), people)


def _goes_by(person: Bearer, name: str, *, is_word_enough: bool) -> bool:
    """Whether the name may be this person's, or is one by which the person is called."""
    if person_names.may_be_one(person.names[0], name, is_word_enough=is_word_enough):
        return True
    return any(person_names.is_spelled_alike(own, name) for own in person.names[1:])


def bearers(contacts: Sequence[Contact]) -> dict[Point, Bearers]:
    """Who in sight has which of these addresses and numbers."""
    values = {contact.value for contact in contacts if contact.kind in NAMING}
    found: dict[Point, Bearers] = {}
    people: dict[UUID, Bearer] = {}
    for part in parts(values, AT_ONCE):
        for row in db.session.execute(_having(part)):
            person = people.setdefault(row.id, Bearer(row.id, _names_of(row)))
            found.setdefault((row.kind, row.value), Bearers(row.kind)).add(person, row.is_shared)
    return found


def _having(values: list[str]) -> sa.Select[Any]:
    """The first bearers of each of the values, with their names."""
    is_shared = (CandidateContact.shared_by != NOBODY).label("is_shared")
    place = (
        sa.func.row_number()
        .over(partition_by=(CandidateContact.kind, CandidateContact.value), order_by=(is_shared, CandidateContact.id))
        .label("place")
    )
    names = (Candidate.name, Candidate.preferred_name, Candidate.given_name, Candidate.family_name)
    having = (
        sa.select(CandidateContact.kind, CandidateContact.value, Candidate.id, *names, is_shared, place)
        .join(
            Candidate,
            sa.and_(Candidate.tenant_id == CandidateContact.tenant_id, Candidate.id == CandidateContact.candidate_id),
        )
        .where(CandidateContact.kind.in_(NAMING), CandidateContact.value.in_(values))
        .subquery()
    )
    return sa.select(having).where(having.c.place <= MOST_PEOPLE).order_by(having.c.place)


def _names_of(row: Any) -> tuple[str, ...]:
    """The name as a whole, and the one by which somebody is called with the family's."""
    called = row.preferred_name and row.family_name and f"{row.preferred_name} {row.family_name}"
    legal = row.given_name and row.family_name and f"{row.given_name} {row.family_name}"
    return tuple(name for name in (row.name, called, legal) if name)
