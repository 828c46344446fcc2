"""Contact points: normalized; each identifies one candidate of the tenant, others with it have it as a shared one."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import Any
from urllib.parse import urlsplit
from uuid import UUID

import sqlalchemy as sa

from app.extensions import db
from app.models import CandidateContact
from app.models.candidate_contact import NOBODY, ContactKind
from app.models.permission import PII
from app.services.core import rows
from app.services.core.column_writes import QueuedWrite
from app.utils import scope
from app.utils.errors import DomainError
from app.utils.phone_numbers import normal_phone

MOST = {ContactKind.EMAIL: 10, ContactKind.PHONE: 10, ContactKind.LINK: 20}  # as in `CandidateCreate`
AT_ONCE = 500
ADD_CONTACTS = QueuedWrite(sa.insert(CandidateContact.__table__).inline())


@dataclass(frozen=True, slots=True)
class Contact:
    """A normalized contact point, with the original text."""

    kind: ContactKind
    value: str
    raw: str
    is_shared: bool = False
    is_parsed: bool = False  # read from a resume, and confirmed by nobody


def normalise(emails: Iterable[str] = (), phones: Iterable[str] = (), links: Iterable[str] = ()) -> list[Contact]:
    """Return normalized contact points without duplicates; phone numbers that cannot be normalized are left out."""
    found = [Contact(ContactKind.EMAIL, raw.strip().lower(), raw) for raw in emails]
    found += [Contact(ContactKind.PHONE, value, raw) for raw in phones if (value := normal_phone(raw))]
    found += [Contact(ContactKind.LINK, normal_link(raw), raw) for raw in links]
    return list({(contact.kind, contact.value): contact for contact in found}.values())


def normal_link(link: str) -> str:
    """Return lowercase host, path and query, without scheme, www and trailing slash."""
    parts = urlsplit(link if "://" in link else f"https://{link}")  # without a scheme, urlsplit finds no host
    path = f"{parts.path}?{parts.query}" if parts.query else parts.path
    # "https://www.Example.com/in/Ann/" becomes "example.com/in/Ann": only hosts ignore case.
    return f"{parts.netloc.lower().removeprefix('www.')}{path.rstrip('/')}"[:500]


def new_rows(candidate_id: UUID, contacts: list[Contact]) -> list[dict[str, Any]]:
    """Return the rows to insert, in order."""
    return [
        rows.new_row(
            candidate_id=candidate_id,
            kind=it.kind,
            value=it.value,
            raw=it.raw[:500],
            position=position,
            shared_by=candidate_id if it.is_shared else NOBODY,
            is_parsed=it.is_parsed,
        )
        for position, it in enumerate(contacts)
    ]


def add(points: list[dict[str, Any]]) -> None:
    """Insert rows in a fixed order, so that transactions with the same contact points cannot deadlock."""
    ADD_CONTACTS.send(*sorted(points, key=lambda row: (row["kind"], row["value"])))


def name_bearer(contacts: list[Contact], refusal: DomainError) -> None:
    """Add to a refused duplicate the id of the candidate who has a contact point, if the actor sees that candidate."""
    if refusal.code != "duplicate" or PII not in scope.actor().permissions:
        return
    known = [(contact.kind, contact.value) for contact in contacts]
    same = sa.tuple_(CandidateContact.kind, CandidateContact.value).in_(known)
    # The visibility rules leave out the points of candidates out of sight.
    bearer = db.session.scalar(sa.select(CandidateContact.candidate_id).where(same).limit(1)) if known else None
    if bearer is not None:
        refusal.extra["existing_id"] = str(bearer)


def add_missing(candidate_id: UUID, contacts: list[Contact]) -> None:
    """Add the contact points that the candidate does not have yet, up to the limit per kind. Inside a use case."""
    statement = sa.select(CandidateContact).where(CandidateContact.candidate_id == candidate_id)
    present = db.session.scalars(statement).all()
    have = {(point.kind, point.value) for point in present}
    said = {(contact.kind, contact.value) for contact in contacts if not contact.is_parsed}
    for point in present:
        if (point.kind, point.value) in said:
            point.is_parsed = False  # somebody has confirmed it
    room = {kind: MOST[kind] - sum(point.kind == kind for point in present) for kind in ContactKind}
    missing = []
    for contact in contacts:
        if (contact.kind, contact.value) not in have and room[contact.kind] > 0:
            room[contact.kind] -= 1
            missing.append(contact)
    # After the present ones, whose order users may have chosen.
    last = max((point.position for point in present), default=-1) + 1
    add([{**row, "position": last + row["position"]} for row in new_rows(candidate_id, missing)])


def settled(contacts: list[Contact], candidate_id: UUID | None = None) -> list[Contact]:
    """Mark the contact points that identify another candidate as shared; links of another candidate are left out."""
    # An actor with limited visibility finds only points of visible candidates. Others violate the unique key on
    # insert: a Conflict that does not reveal whose they are.
    values = [contact.value for contact in contacts]
    statement = sa.select(CandidateContact.kind, CandidateContact.value).where(
        CandidateContact.kind.in_({contact.kind for contact in contacts}),
        CandidateContact.value.in_(values),
        CandidateContact.shared_by == NOBODY,
    )
    if candidate_id is not None:
        statement = statement.where(CandidateContact.candidate_id != candidate_id)
    taken = {(row.kind, row.value) for row in db.session.execute(statement)}
    return [
        replace(contact, is_shared=(contact.kind, contact.value) in taken)
        for contact in contacts
        if contact.kind != ContactKind.LINK or (contact.kind, contact.value) not in taken
    ]
