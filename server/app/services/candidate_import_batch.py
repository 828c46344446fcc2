"""One batch of rows: each is checked, those that are new are written together, those that are known are met."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from pydantic import ValidationError

from app.extensions import db
from app.models import Candidate, CandidateContact, CustomField
from app.models.candidate import Provenance
from app.models.candidate_contact import ContactKind
from app.models.candidate_import import OnDuplicate, RowResult
from app.schemas.candidate_schema import CandidateCreate
from app.services import (
    candidate_bulk_insert,
    candidate_contact_service,
    candidate_import_mapping,
    candidate_service,
    custom_field_service,
    sight_service,
)
from app.services.candidate_contact_service import Contact
from app.utils import scope
from app.utils.errors import DomainError
from app.utils.ids import new_id

AT_ONCE = 500
MAX_ERRORS = 10


@dataclass(slots=True)
class Result:
    """What became of a row."""

    result: RowResult
    made_id: UUID | None = None
    errors: list[dict[str, str]] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class _Row:
    at: int
    new: CandidateCreate
    contacts: list[Contact]


def own_fields() -> dict[str, str]:
    """The tenant's own fields that take values, by key, with their kinds."""
    statement = sa.select(CustomField.key, CustomField.kind).where(CustomField.is_archived.is_(False))
    return {key: kind.value for key, kind in db.session.execute(statement)}


def write(
    mapping: dict[str, Any], part: list[dict[str, str]], on_duplicate: OnDuplicate, is_dry_run: bool
) -> list[Result]:
    """The results of the rows in order; inside a use case."""
    definitions = custom_field_service.definitions()
    custom = {key: each.kind.value for key, each in definitions.items()}
    results: list[Result | None] = [None] * len(part)
    sound: list[_Row] = []
    for at, cells in enumerate(part):
        checked = _check(at, candidate_import_mapping.body_of(cells, mapping, custom), definitions)
        if isinstance(checked, Result):
            results[at] = checked
        else:
            sound.append(checked)
    owners = _owners([contact for row in sound for contact in row.contacts])
    fresh: list[_Row] = []
    for row in sound:
        results[row.at] = _meet(row, owners, on_duplicate, is_dry_run)
        if results[row.at] is None:
            fresh.append(row)
            owners |= {(it.kind, it.value): new_id() for it in row.contacts}  # a later row of the batch meets this one
    _insert(fresh, results, is_dry_run)
    return [each for each in results if each is not None]


def _check(at: int, body: dict[str, Any], definitions: dict[str, CustomField]) -> _Row | Result:
    """The row as a candidate, or what is wrong with it."""
    try:
        new = CandidateCreate.model_validate(body)
        custom_field_service.check(definitions, new.custom_fields or {})
    except ValidationError as error:
        wrong = [
            (item["loc"], item["type"], item["msg"]) for item in error.errors(include_url=False, include_input=False)
        ]
        errors = [{"pointer": "/" + "/".join(map(str, loc)), "code": code, "detail": text} for loc, code, text in wrong]
        return Result(RowResult.FAILED, errors=errors[:MAX_ERRORS])
    except DomainError as error:
        return Result(RowResult.FAILED, errors=error.errors[:MAX_ERRORS] or [_error(error)])
    return _Row(at, new, candidate_contact_service.normalise(new.emails, new.phones, new.links))


def _owners(contacts: Sequence[Contact]) -> dict[tuple[ContactKind, str], UUID]:
    """Who has which of these contact points, in a few statements."""
    found: dict[tuple[ContactKind, str], UUID] = {}
    values = list({contact.value for contact in contacts})
    points = sa.select(CandidateContact.kind, CandidateContact.value, CandidateContact.candidate_id)
    with scope.seeing_all("a contact point is taken, whoever sees its owner"):
        for start in range(0, len(values), AT_ONCE):
            some = points.where(CandidateContact.value.in_(values[start : start + AT_ONCE]))
            found |= {(kind, value): owner for kind, value, owner in db.session.execute(some)}
    return found


def _meet(
    row: _Row, owners: dict[tuple[ContactKind, str], UUID], on_duplicate: OnDuplicate, is_dry_run: bool
) -> Result | None:
    """The result of a row whose contact points somebody has; None where nobody does."""
    known = {owners[key] for it in row.contacts if (key := (it.kind, it.value)) in owners}
    if not known:
        return None
    taken = {"pointer": "/emails", "code": "taken", "detail": "the contact points belong to several candidates"}
    if len(known) > 1:
        return Result(RowResult.FAILED, errors=[taken])
    owner = known.pop()
    seen = db.session.scalar(sa.select(Candidate.id).where(Candidate.id == owner))
    if on_duplicate == OnDuplicate.SKIP or seen is None:
        note = {"pointer": "/emails", "code": "duplicate", "detail": "somebody has one of the contact points"}
        return Result(RowResult.SKIPPED, seen, [note])
    if not is_dry_run:
        candidate_service.enrich(seen, row.new, row.contacts)
    return Result(RowResult.UPDATED, seen)


def _insert(fresh: list[_Row], results: list[Result | None], is_dry_run: bool) -> None:
    if is_dry_run or not fresh:
        for row in fresh:
            results[row.at] = Result(RowResult.CREATED)
        return
    owner_id = sight_service.default_owner()
    people = [(candidate_service.fields_of(row.new, owner_id), row.contacts) for row in fresh]
    for row, made_id in zip(fresh, candidate_bulk_insert.insert(people, Provenance.HUMAN), strict=True):
        results[row.at] = Result(RowResult.CREATED, made_id)


def _error(error: DomainError) -> dict[str, str]:
    return {"pointer": "", "code": error.code, "detail": error.detail}
