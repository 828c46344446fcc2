"""Candidates: creation, changes, upsert and deletion."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import joinedload

from app.extensions import db
from app.models import (
    Application,
    Candidate,
    CandidateContact,
    CandidateDocument,
    CandidateInvitation,
    CandidateResume,
)
from app.models.candidate import CandidateStatus, Provenance
from app.models.candidate_contact import NAMING, ContactKind
from app.models.custom_field import FieldSubject
from app.models.permission import COMPENSATION, PII
from app.schemas.candidate_schema import CandidateCreate, CandidateOut, CandidateUpdate
from app.services.access import rights, visibility_service
from app.services.candidates import (
    candidate_assignment_service,
    candidate_contact_service,
    candidate_document_service,
    candidate_fields,
    candidate_read_service,
    candidate_redirects,
    contact_bearers,
    custom_field_service,
    person_names,
)
from app.services.candidates.candidate_contact_service import Contact
from app.services.core import rows
from app.services.core.column_writes import QueuedWrite
from app.services.core.transaction import unit, use_case
from app.services.events import event_service, outbox_service, quota
from app.services.events.event_service import Subject
from app.services.files import invitation_file_rows
from app.services.search import candidate_search_index, skill_taxonomy
from app.utils import clock
from app.utils.errors import Conflict, Invalid

TRIES = 3  # of an upsert; a concurrent one may add the same contact point
EMPTY = {column: field.empty for field in candidate_fields.FIELDS for column in field.in_columns}
ADD_CANDIDATE = QueuedWrite(sa.insert(Candidate.__table__).inline())
CONTACT_LISTS = ("emails", "phones", "links")
NAMES = frozenset({"name", "given_name", "family_name"})
GUARDED = {"expected_pay": COMPENSATION} | dict.fromkeys(CONTACT_LISTS, PII)
WITH_CONTACTS = joinedload(Candidate.contacts)


def get(candidate_id: UUID) -> Candidate:
    """Return a candidate with contact points; NotFound if there is none."""
    return rows.get(Candidate, candidate_id, WITH_CONTACTS)


@use_case
def create(new: CandidateCreate) -> CandidateOut:
    """Create a candidate."""
    contacts = candidate_contact_service.normalise(new.emails, new.phones, new.links)
    if new.expected_pay is not None:
        rights.require_for_field("expected_pay", COMPENSATION)
    fields = fields_of(new, new.owner_id or visibility_service.default_owner())
    custom_field_service.validate(FieldSubject.CANDIDATE, new.custom_fields or {})
    visibility_service.check_owner(fields["owner_id"])
    unit().on_conflict.append(partial(candidate_contact_service.name_bearer, contacts))
    return add(fields, contacts, Provenance.HUMAN)


def fields_of(new: CandidateCreate, owner_id: UUID | None) -> dict[str, Any]:
    """Return the fields of a new candidate from validated input, with skills named as in the taxonomy."""
    fields = new.model_dump(exclude=set(CONTACT_LISTS))
    _name_skills(fields, [])
    values = {key: value for key, value in (new.custom_fields or {}).items() if value is not None}
    return {**fields, "custom_fields": values, "owner_id": owner_id}


def row_of(fields: dict[str, Any], source: Provenance) -> dict[str, Any]:
    """Return the row of a new candidate, without its search text."""
    # Empty fields have none, so that a resume can fill them.
    provenance = {name: source.value for name, value in fields.items() if value not in (None, [], {})}
    # A queued insert applies no defaults: the row needs a value for every column.
    values = (
        EMPTY
        | rows.flatten_value(fields, "expected_pay", candidate_fields.PAY)
        | {"status": CandidateStatus.ACTIVE, "purge_after": None, "last_activity_at": clock.now()}
    )
    return rows.new_row(**values, provenance=provenance, version=1)


@use_case
def add(fields: dict[str, Any], contacts: list[Contact], source: Provenance) -> CandidateOut:
    """Insert a candidate with this provenance for all its fields."""
    row = row_of(fields, source)
    points = candidate_contact_service.new_rows(row["id"], contacts)
    # Built from the values: reading them back would cost the round trip that queued inserts save.
    candidate = candidate_read_service.record(row, points)
    ADD_CANDIDATE.send({**row, "search_text": candidate_search_index.text_of_row(row)})
    candidate_contact_service.add(points)
    if candidate.owner_id is not None:
        candidate_assignment_service.begin(candidate.id, candidate.owner_id)
    quota.consume("candidates")
    event_service.record("candidate.created", Subject(Candidate.__tablename__, candidate.id), provenance=source.value)
    outbox_service.enqueue("candidate/changed", candidate_id=candidate.id)
    return candidate


@use_case
def update(candidate_id: UUID, changes: CandidateUpdate, if_match: int | None) -> Candidate:
    """Change a candidate. The changed fields get human provenance, so that the resume parser leaves them alone.

    Forbidden if a permission for a field is missing, Invalid for nulls or custom fields that do not fit.
    """
    candidate = candidate_redirects.lock_for_update(candidate_id, if_match)
    fields = changes.model_dump(exclude_unset=True, exclude=set(CONTACT_LISTS))
    for name, right in GUARDED.items():
        if name in changes.model_fields_set:
            rights.require_for_field(name, right)
    if "owner_id" in fields and fields["owner_id"] != candidate.owner_id:
        rights.require("candidates.assign")
        candidate_assignment_service.check(candidate, fields["owner_id"])
        candidate_assignment_service.change_owner(candidate, fields["owner_id"])
    if "custom_fields" in fields:
        present, given = candidate.custom_fields, fields["custom_fields"] or {}
        fields["custom_fields"] = custom_field_service.merged(FieldSubject.CANDIDATE, present, given)
    _name_skills(fields, candidate.skills)
    candidate.purge_after = None  # an edit takes the candidate out of the retention quarantine
    changed = rows.apply_changes(candidate, rows.flatten_value(fields, "expected_pay", candidate_fields.PAY))
    # Also for fields sent with their present value: from now on, the parser leaves them alone.
    candidate.provenance = {**candidate.provenance, **dict.fromkeys(fields, Provenance.HUMAN.value)}
    if changed_lists := [name for name in CONTACT_LISTS if getattr(changes, name) is not None]:
        _replace_contacts(candidate, changes, changed_lists)
    event_service.record("candidate.updated", candidate, changed=[*changed, *changed_lists])
    profile_changed(candidate)
    db.session.flush()  # the contact points are read back
    return get(candidate_id)


@dataclass(frozen=True, slots=True)
class Upserted:
    """The result of an upsert: the candidate and whether it is new."""

    created: bool
    candidate: Candidate | CandidateOut


def upsert(new: CandidateCreate) -> Upserted:
    """Update the candidate with one of the contact points, or create one; of two concurrent calls, one updates.

    Invalid without an email address or phone number, Conflict if they belong to several candidates or to one with
    another name.
    """
    for attempt in range(TRIES):
        try:
            return _upsert(new)
        except Conflict as conflict:
            # A concurrent call added one of the contact points; the next attempt finds and updates that candidate.
            if conflict.code != "duplicate" or attempt == TRIES - 1:
                raise
    raise AssertionError("unreachable")


@use_case
def _upsert(new: CandidateCreate) -> Upserted:
    rights.require_for_field("emails", PII)  # callers who may not see contact points cannot search by them
    contacts = candidate_contact_service.normalise(new.emails, new.phones, new.links)
    if all(contact.kind not in NAMING for contact in contacts):
        raise Invalid("Send an email address or a phone number to identify the candidate.", code="no_contact")
    found = list(contact_bearers.bearers(contacts).values())
    owners = {person.id for having in found for person in having.people}
    if not owners:
        rights.require("candidates.create")
        return Upserted(True, create(new))
    same = {person.id for person in contact_bearers.meant(found, new.name)}
    if len(same) > 1 or (len(owners) > 1 and not same):
        raise Conflict("The contact points belong to different candidates.", code="contacts_of_several")
    if not same:
        raise Conflict(
            "These contact points belong to a candidate with another name. Update it by id, or send others.",
            code="another_person",
        )
    (candidate_id,) = same
    enrich(candidate_id, new, contacts)
    db.session.flush()  # the contact points are read back
    return Upserted(False, get(candidate_id))


@use_case
def enrich(candidate_id: UUID, new: CandidateCreate, contacts: list[Contact]) -> None:
    """Update an existing candidate with the given fields and add contact points; fields that are not given stay.

    A less complete name does not replace the known one.
    """
    said = {name for name in new.model_fields_set if getattr(new, name) is not None} - set(CONTACT_LISTS)
    if not person_names.says_as_much(new.name, rows.get(Candidate, candidate_id).name):
        said -= NAMES
    # `model_construct` skips the validation: the values have passed that of CandidateCreate.
    update(candidate_id, CandidateUpdate.model_construct(said, **{name: getattr(new, name) for name in said}), None)
    candidate_contact_service.add_missing(candidate_id, candidate_contact_service.settled(contacts, candidate_id))


@use_case
def delete(candidate_id: UUID) -> None:
    """Delete a candidate with documents and resumes; Conflict if there are applications."""
    # Locked against new references: no application can be added after the check.
    candidate = candidate_redirects.lock_for_delete(candidate_id)
    if db.session.scalar(sa.select(Application.id).where(Application.candidate_id == candidate_id).limit(1)):
        raise Conflict("The candidate has applications. Archive the candidate instead.", code="has_applications")
    statement = sa.select(CandidateDocument).where(CandidateDocument.candidate_id == candidate_id)
    for document in db.session.scalars(statement):
        candidate_document_service.remove(document)
    invitation_file_rows.remove_of(CandidateInvitation.candidate_id == candidate_id)
    db.session.flush()  # the database would cascade to the documents first
    quota.release("candidates")
    event_service.record("candidate.deleted", candidate)
    db.session.delete(candidate)


def propose(candidate: Candidate, fields: dict[str, Any]) -> list[str]:
    """Set the fields found by the parser, unless they have a stronger provenance; return the changed names."""
    # A field that a user has emptied has human provenance, too, and stays empty.
    open_fields = {
        name: value
        for name, value in fields.items()
        if value not in (None, []) and candidate.provenance.get(name, Provenance.PARSER) == Provenance.PARSER
    }
    changed = rows.apply_changes(candidate, open_fields)
    candidate.provenance = {**candidate.provenance, **dict.fromkeys(changed, Provenance.PARSER.value)}
    return changed


def profile_changed(candidate: Candidate) -> None:
    """Rebuild the search text, which a trigger writes to the index, and enqueue the update of matches."""
    db.session.flush()  # the primary resume is read back
    primary = sa.select(CandidateResume.text).where(
        CandidateResume.candidate_id == candidate.id, CandidateResume.is_primary
    )
    candidate.search_text = candidate_search_index.text_of(candidate, db.session.scalar(primary) or "")
    outbox_service.enqueue("candidate/changed", candidate_id=candidate.id)


def _name_skills(fields: dict[str, Any], present: list[str]) -> None:
    """Rename skills as in the taxonomy, in `skills` and `skill_use`; Invalid if a used skill is not in `skills`."""
    if "skills" in fields:
        fields["skills"] = skill_taxonomy.normalised(fields["skills"])
    # A change may contain `skill_use` alone; it is then compared with the present skills.
    known = {skill_taxonomy.canonical(skill) for skill in fields.get("skills", present)}
    for use in fields.get("skill_use") or []:
        if skill_taxonomy.canonical(use["skill"]) not in known:
            wrong = {"pointer": "/skill_use", "code": "unknown_skill", "detail": "has a skill that is not in skills"}
            raise Invalid(
                "`skill_use` contains a skill that the candidate does not have.", code="unknown_skill", errors=[wrong]
            )
        use["skill"] = skill_taxonomy.normal(use["skill"])


def _replace_contacts(candidate: Candidate, changes: CandidateUpdate, names: list[str]) -> None:
    """Replace the contact points of the named kinds by those in `changes`; unchanged ones keep their rows."""
    wanted = candidate_contact_service.normalise(**{name: getattr(changes, name) for name in names})
    kinds = {
        {"emails": ContactKind.EMAIL, "phones": ContactKind.PHONE, "links": ContactKind.LINK}[name] for name in names
    }
    current = db.session.scalars(
        sa.select(CandidateContact).where(
            CandidateContact.candidate_id == candidate.id, CandidateContact.kind.in_(kinds)
        )
    ).all()
    positions = {(contact.kind, contact.value): position for position, contact in enumerate(wanted)}
    have = set()
    for contact in current:
        key = (contact.kind, contact.value)
        if key in positions:  # a new row would lose `shared_by`, and `raw` as first typed
            contact.position, contact.is_parsed = positions[key], False  # by naming it, a user confirms it
            have.add(key)
        else:
            db.session.delete(contact)
    db.session.flush()  # deletes come first, so that a contact point can be inserted again
    points = candidate_contact_service.new_rows(candidate.id, wanted)
    candidate_contact_service.add([row for row in points if (row["kind"], row["value"]) not in have])
