"""Recognition of candidates by contact points: who has one, and which of them a name may refer to.

A contact point alone does not identify a person: families share a phone, companies a switchboard, couples an address.
To recognize a candidate by one, the name must match, too (decision 0023).
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
MOST_PEOPLE = 2_000  # per contact point; others who share it are ignored
Point = tuple[ContactKind, str]


@dataclass(slots=True, eq=False)  # hashable by identity: `bearers` makes one object per candidate
class Bearer:
    """A candidate who has contact points; `names` is the full name, followed by other names in use."""

    id: UUID
    names: tuple[str, ...]


@dataclass(slots=True)
class Bearers:
    """The candidates with a contact point: first the one it identifies, if any, then those who share it."""

    kind: ContactKind
    people: list[Bearer] = field(default_factory=list)
    named_id: UUID | None = None
    _by_key: dict[str, list[Bearer]] = field(default_factory=dict)

    def add(self, person: Bearer, is_shared: bool) -> None:
        """Append a candidate."""
        if not is_shared:
            self.named_id = person.id
        self.people.append(person)
        for key in {key for name in person.names for key in person_names.keys(name)}:
            self._by_key.setdefault(key, []).append(person)

    def named(self, name: str) -> list[Bearer]:
        """Return the candidates whose name may be this one, by lookup instead of comparison with each.

        For an email address, which is rarely shared, one matching word of the name is enough.
        """
        near = {person for key in person_names.keys(name) for person in self._by_key.get(key, ())}
        same = {person for person in near if _goes_by(person, name, is_word_enough=self.kind == ContactKind.EMAIL)}
        return list(dict.fromkeys(person for person in self.people if person in same)) if same else []

    def named_on_top(self, text: str) -> list[Bearer]:
        """Return the candidates whose name stands at the beginning of the text."""
        return [it for it in self.people if any(person_names.stands_on_top(text, own) for own in it.names)]


def find_person(contacts: list[Contact], name: str | None, text: str = "") -> UUID | None:
    """Return the candidate with one of these email addresses or, failing that, phone numbers, whose name may match.

    Without a `name`, it is the candidate whose name is at the beginning of `text`. None if there is no unique match.
    """
    found = bearers(contacts)
    for kind in NAMING:  # email addresses first: phone numbers are shared more often
        for contact in (each for each in contacts if each.kind == kind):
            having = found.get((kind, contact.value), Bearers(kind))
            people = meant([having], name) if name else having.named_on_top(text)
            if len(people) == 1:  # otherwise ambiguous: the next contact point may decide
                return people[0].id
    return None


def meant(having: Sequence[Bearers], name: str) -> list[Bearer]:
    """Return the candidates that a name and its contact points may refer to.

    Of several, prefer the one whose name is spelled alike, and of several such ones, the one whom a contact point
    identifies. More than one if that is ambiguous.
    """
    people = list(dict.fromkeys(person for each in having for person in each.named(name)))
    alike = [person for person in people if person_names.is_spelled_alike(person.names[0], name)]
    named = [person for person in alike if person.id in {each.named_id for each in having}]
    return next((some for some in (named, alike) if len(some) == 1), people)


def _goes_by(person: Bearer, name: str, *, is_word_enough: bool) -> bool:
    """Return whether the name may be this candidate's full name, or is spelled like another name in use."""
    if person_names.may_be_one(person.names[0], name, is_word_enough=is_word_enough):
        return True
    return any(person_names.is_spelled_alike(own, name) for own in person.names[1:])


def bearers(contacts: Sequence[Contact]) -> dict[Point, Bearers]:
    """Return the visible candidates with these email addresses and phone numbers, by contact point."""
    values = {contact.value for contact in contacts if contact.kind in NAMING}
    found: dict[Point, Bearers] = {}
    people: dict[UUID, Bearer] = {}
    for part in parts(values, AT_ONCE):
        for row in db.session.execute(_having(part)):
            person = people.setdefault(row.id, Bearer(row.id, _names_of(row)))
            found.setdefault((row.kind, row.value), Bearers(row.kind)).add(person, row.is_shared)
    return found


def _having(values: list[str]) -> sa.Select[Any]:
    """Select the first MOST_PEOPLE candidates of each contact point, with their names."""
    is_shared = (CandidateContact.shared_by != NOBODY).label("is_shared")
    # False sorts first: the candidate whom the point identifies, then those who share it, oldest first.
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
    """Return the full name, then the preferred and the given name, each with the family name."""
    called = row.preferred_name and row.family_name and f"{row.preferred_name} {row.family_name}"
    legal = row.given_name and row.family_name and f"{row.given_name} {row.family_name}"
    return tuple(name for name in (row.name, called, legal) if name)
