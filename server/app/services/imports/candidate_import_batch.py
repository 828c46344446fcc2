"""One batch of an import: rows are validated, new candidates inserted together, existing ones updated or skipped."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from pydantic import ValidationError

from app.extensions import db
from app.models import Candidate, CandidateContact, CustomField
from app.models.candidate import Provenance
from app.models.candidate_contact import ContactKind
from app.models.candidate_import import OnDuplicate, RowResult
from app.models.custom_field import FieldSubject
from app.schemas.candidate_schema import CandidateCreate
from app.services.access import visibility_service
from app.services.candidates import (
    candidate_bulk_insert,
    candidate_contact_service,
    candidate_service,
    contact_bearers,
    custom_field_service,
    person_names,
)
from app.services.candidates.candidate_contact_service import Contact
from app.services.candidates.contact_bearers import Bearer, Bearers
from app.services.imports import candidate_import_mapping
from app.services.imports.candidate_import_file import FAULT, TOO_MANY_CELLS
from app.services.settings import tenant_settings_service
from app.utils import scope
from app.utils.errors import DomainError
from app.utils.ids import new_id
from app.utils.parts import parts
from app.utils.validation_errors import field_errors

AT_ONCE = 500
MAX_ERRORS = 10  # per row, since the errors of every row are stored
POINTERS = {ContactKind.EMAIL: "/emails", ContactKind.PHONE: "/phones"}
BLANK = {"pointer": "", "code": "blank", "detail": "The row is empty."}  # a note on a skipped row
TOO_MANY = {
    "pointer": "",
    "code": TOO_MANY_CELLS,
    "detail": "The row has more cells than the table has columns. Quote cells that contain the delimiter.",
}
SHARED = {  # a note on a created row, not a failure
    "pointer": "/name",
    "code": "shared_contact",
    "detail": "A candidate with a different name has the same contact point. See the suggested duplicates.",
}


@dataclass(slots=True)
class Result:
    """The result of a row."""

    result: RowResult
    made_id: UUID | None = None  # the candidate, if visible to the importing user
    errors: list[dict[str, str]] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class _Row:
    at: int
    new: CandidateCreate
    contacts: list[Contact]


def write(
    mapping: dict[str, Any], part: list[dict[str, str]], on_duplicate: OnDuplicate, is_dry_run: bool
) -> list[Result]:
    """Write the rows and return their results in order; inside a use case."""
    definitions = custom_field_service.definitions(FieldSubject.CANDIDATE)
    custom = {key: each.kind.value for key, each in definitions.items()}
    region = tenant_settings_service.current().phone_country
    results: list[Result | None] = [None] * len(part)
    sound: list[_Row] = []
    for at, cells in enumerate(part):
        if cells.pop(FAULT, "") == TOO_MANY_CELLS:  # files of earlier versions lack the column
            results[at] = Result(RowResult.FAILED, errors=[TOO_MANY])
            continue
        if not any(cells.values()):
            results[at] = Result(RowResult.SKIPPED, errors=[BLANK])
            continue
        checked = _check(at, candidate_import_mapping.body_of(cells, mapping, custom, region), definitions)
        if isinstance(checked, Result):
            results[at] = checked
        else:
            sound.append(checked)
    # Contact points are looked up for all rows together: a few statements per batch, not per row.
    plan = _Plan([contact for row in sound for contact in row.contacts], on_duplicate)
    for row in sound:
        results[row.at] = plan.place(row)
    # A dry run places the rows, too, to report those that match each other. It cannot match rows of earlier
    # batches, which were not written.
    if not is_dry_run:
        plan.carry_out()
    return [each for each in results if each is not None]


def _check(at: int, body: dict[str, Any], definitions: dict[str, CustomField]) -> _Row | Result:
    """Return the row as a candidate, or its errors."""
    try:
        new = CandidateCreate.model_validate(body)
        custom_field_service.check(definitions, new.custom_fields or {})
    except ValidationError as error:
        return Result(RowResult.FAILED, errors=field_errors(error)[:MAX_ERRORS])
    except DomainError as error:
        return Result(RowResult.FAILED, errors=error.errors[:MAX_ERRORS] or [_error(error)])
    return _Row(at, new, candidate_contact_service.normalise(new.emails, new.phones, new.links))


class _Plan:
    """What to do with the valid rows. Rows are placed in order, so that later rows can match earlier ones."""

    def __init__(self, contacts: Sequence[Contact], on_duplicate: OnDuplicate) -> None:
        with scope.unrestricted("a contact point is taken, whoever sees its owner"):
            self._bearers = contact_bearers.bearers(contacts)
        self._people = {person.id: person for having in self._bearers.values() for person in having.people}
        self._seen = _seen(set(self._people))
        self._links = _taken_links(contacts)
        self._updates = on_duplicate is OnDuplicate.UPDATE
        self._fresh: list[tuple[_Row, Result]] = []
        self._ids: dict[UUID, Result] = {}  # new candidates by temporary id
        self._met: list[tuple[UUID, _Row]] = []  # rows that update a candidate, by id or temporary id

    def place(self, row: _Row) -> Result:
        """Return the result of a row.

        An email address or phone number identifies a person if the name is compatible; a link never does.
        """
        having = [self._bearers[it.kind, it.value] for it in row.contacts if (it.kind, it.value) in self._bearers]
        known = contact_bearers.meant(having, row.new.name)
        pointer = next((POINTERS[each.kind] for each in having for person in known if person in each.people), "")
        if len(known) > 1:  # choosing one could change the wrong person
            taken = {
                "pointer": pointer,
                "code": "taken",
                "detail": "The contact points belong to different candidates.",
            }
            return Result(RowResult.FAILED, errors=[taken])
        owner = known[0].id if known else None
        row = replace(row, contacts=self._settled(row, owner))
        if owner is None:
            return self._new(row)
        seen = owner in self._seen or owner in self._ids  # whoever imports a candidate sees it
        if not self._updates or not seen:
            note = {"pointer": pointer, "code": "duplicate", "detail": "A candidate has one of the contact points."}
            # The id of a candidate who is not visible would reveal whose contact point it is.
            return Result(RowResult.SKIPPED, owner if owner in self._seen else None, [note])
        self._own(row, owner)
        self._met.append((owner, row))
        return Result(RowResult.UPDATED, None if owner in self._ids else owner)  # a new one has no id yet

    def carry_out(self) -> None:
        """Insert the new candidates together, then update existing ones in order."""
        if self._fresh:
            owner_id = visibility_service.default_owner()
            people = [(candidate_service.fields_of(row.new, owner_id), row.contacts) for row, _ in self._fresh]
            # HUMAN, so that a parsed resume does not overwrite what the user imported.
            made = candidate_bulk_insert.insert(people, Provenance.HUMAN)
            for (_, result), made_id in zip(self._fresh, made, strict=True):
                result.made_id = made_id
        # After the inserts, since a row may update a candidate that an earlier row of the batch created.
        for owner, row in self._met:
            target = self._ids[owner].made_id if owner in self._ids else owner
            assert target is not None
            candidate_service.enrich(target, row.new, row.contacts)

    def _new(self, row: _Row) -> Result:
        shared = [SHARED] if any(it.is_shared for it in row.contacts) else []
        passing, result = new_id(), Result(RowResult.CREATED, errors=shared)
        self._ids[passing] = result
        self._own(row, passing)
        self._fresh.append((row, result))
        return result

    def _settled(self, row: _Row, owner: UUID | None) -> list[Contact]:
        """Return the contact points to store: those of others are marked as shared, links of others are omitted."""
        settled = []
        for it in row.contacts:
            key = (it.kind, it.value)
            if it.kind != ContactKind.LINK:
                named = self._bearers[key].named_id if key in self._bearers else None
                settled.append(replace(it, is_shared=named not in (None, owner)))
            elif self._links.get(key, owner) == owner:  # free, or already this candidate's
                settled.append(it)
        return settled

    def _own(self, row: _Row, owner: UUID) -> None:
        person = self._people.setdefault(owner, Bearer(owner, (row.new.name,)))
        # Later rows compare with the name that this row leaves: `enrich` does not store a less complete one.
        if person_names.says_as_much(row.new.name, person.names[0]):
            person.names = (row.new.name, *person.names[1:])
        for it in row.contacts:
            if it.kind == ContactKind.LINK:
                self._links[it.kind, it.value] = owner
                continue
            self._bearers.setdefault((it.kind, it.value), Bearers(it.kind)).add(person, it.is_shared)


def _taken_links(contacts: Sequence[Contact]) -> dict[tuple[ContactKind, str], UUID]:
    """Return the owner of each of these links, in few statements."""
    found: dict[tuple[ContactKind, str], UUID] = {}
    values = {contact.value for contact in contacts if contact.kind == ContactKind.LINK}
    links = sa.select(CandidateContact.kind, CandidateContact.value, CandidateContact.candidate_id).where(
        CandidateContact.kind == ContactKind.LINK
    )
    with scope.unrestricted("a link is taken, whoever sees its owner"):
        for part in parts(values, AT_ONCE):
            some = links.where(CandidateContact.value.in_(part))
            found |= {(kind, value): owner for kind, value, owner in db.session.execute(some)}
    return found


def _seen(owners: set[UUID]) -> set[UUID]:
    """Return the owners who are visible to the importing user."""
    found: set[UUID] = set()
    # The visibility guard limits this ORM statement to what the importing user sees.
    for part in parts(sorted(owners), AT_ONCE):
        found |= set(db.session.scalars(sa.select(Candidate.id).where(Candidate.id.in_(part))))
    return found


def _error(error: DomainError) -> dict[str, str]:
    return {"pointer": "", "code": error.code, "detail": error.detail}
