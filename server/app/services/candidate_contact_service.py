"""Contact points: normalised, unique in the tenant, the key that recognises a person."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit
from uuid import UUID

import sqlalchemy as sa

from app.extensions import db
from app.models import CandidateContact
from app.models.candidate_contact import ContactKind
from app.schemas.common import normal_phone
from app.services import rows
from app.services.column_writes import QueuedWrite
from app.utils.errors import Invalid

MOST = {ContactKind.EMAIL: 10, ContactKind.PHONE: 10, ContactKind.LINK: 20}
ADD_CONTACTS = QueuedWrite(sa.insert(CandidateContact.__table__).inline())


@dataclass(frozen=True, slots=True)
class Contact:
    """A normalised contact point and how it was typed."""

    kind: ContactKind
    value: str
    raw: str


def normalise(emails: Iterable[str] = (), phones: Iterable[str] = (), links: Iterable[str] = ()) -> list[Contact]:
    """Contact points in a normal form, each once; what cannot be normalised is left out."""
    found = [Contact(ContactKind.EMAIL, raw.strip().lower(), raw) for raw in emails]
    found += [Contact(ContactKind.PHONE, value, raw) for raw in phones if (value := normal_phone(raw))]
    found += [Contact(ContactKind.LINK, normal_link(raw), raw) for raw in links]
    return list({(contact.kind, contact.value): contact for contact in found}.values())


def normal_link(link: str) -> str:
    """Host in lower case and path, without scheme, www and closing slash."""
    parts = urlsplit(link if "://" in link else f"https://{link}")
    path = f"{parts.path}?{parts.query}" if parts.query else parts.path
    return f"{parts.netloc.lower().removeprefix('www.')}{path.rstrip('/')}"[:500]


def new_rows(candidate_id: UUID, contacts: list[Contact]) -> list[dict[str, Any]]:
    """Rows to be added, in order."""
    return [
        rows.fresh(candidate_id=candidate_id, kind=it.kind, value=it.value, raw=it.raw[:500], position=position)
        for position, it in enumerate(contacts)
    ]


def add(points: list[dict[str, Any]]) -> None:
    """Insert rows, always in the same order, so that two who share points do not wait in a circle."""
    ADD_CONTACTS.send(*sorted(points, key=lambda row: (row["kind"], row["value"])))


def find_owner(contacts: list[Contact]) -> UUID | None:
    """The candidate who has one of these email addresses or phone numbers; the address counts first."""
    for kind in (ContactKind.EMAIL, ContactKind.PHONE):
        values = [contact.value for contact in contacts if contact.kind == kind]
        statement = sa.select(CandidateContact.candidate_id).where(
            CandidateContact.kind == kind, CandidateContact.value.in_(values)
        )
        if values and (owner := db.session.scalars(statement.limit(1)).first()):
            return owner
    return None


def owners(contacts: list[Contact]) -> set[UUID]:
    """Who of those in sight has one of these email addresses or phone numbers; a link names nobody for sure."""
    points = sa.tuple_(CandidateContact.kind, CandidateContact.value)
    wanted = [(it.kind, it.value) for it in contacts if it.kind != ContactKind.LINK]
    if not wanted:
        raise Invalid("An email address or a phone number is needed to find the candidate by.", code="no_contact")
    return set(db.session.scalars(sa.select(CandidateContact.candidate_id).where(points.in_(wanted))))


def add_missing(candidate_id: UUID, contacts: list[Contact]) -> None:
    """Add the points that the candidate has not yet, as many as there is room for; inside a use case."""
    statement = sa.select(CandidateContact).where(CandidateContact.candidate_id == candidate_id)
    present = db.session.scalars(statement).all()
    have = {(point.kind, point.value) for point in present}
    room = {kind: MOST[kind] - sum(point.kind == kind for point in present) for kind in ContactKind}
    missing = []
    for contact in contacts:
        if (contact.kind, contact.value) not in have and room[contact.kind] > 0:
            room[contact.kind] -= 1
            missing.append(contact)
    last = max((point.position for point in present), default=-1) + 1
    add([{**row, "position": last + row["position"]} for row in new_rows(candidate_id, missing)])


def taken(contacts: list[Contact]) -> set[tuple[ContactKind, str]]:
    """Which of these points somebody has."""
    points = [(contact.kind, contact.value) for contact in contacts]
    statement = sa.select(CandidateContact.kind, CandidateContact.value).where(
        CandidateContact.value.in_([value for _, value in points])
    )
    return {(row.kind, row.value) for row in db.session.execute(statement)} & set(points)
