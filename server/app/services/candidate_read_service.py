"""Candidates as their readers see them: columns straight from the tables, which costs half of what entities cost."""

from __future__ import annotations

from typing import Any
from uuid import UUID

import sqlalchemy as sa

from app.models import Application, Candidate, CandidateContact, CandidateWord
from app.models.candidate_contact import ContactKind
from app.schemas.candidate_schema import CandidateQuery
from app.schemas.common import Page
from app.services import listing
from app.utils import scope
from app.utils.errors import NotFound
from app.utils.text import words

CANDIDATES, CONTACTS = Candidate.__table__, CandidateContact.__table__
APPLICATIONS, WORDS = Application.__table__, CandidateWord.__table__
C = CANDIDATES.c

ONE = (
    sa.select(CANDIDATES, CONTACTS.c.kind, CONTACTS.c.value, CONTACTS.c.raw)
    .outerjoin_from(
        CANDIDATES,
        CONTACTS,
        sa.and_(CONTACTS.c.tenant_id == C.tenant_id, CONTACTS.c.candidate_id == C.id),
    )
    .where(C.tenant_id == sa.bindparam("tenant_id"), C.id == sa.bindparam("candidate_id"))
    .order_by(CONTACTS.c.position)
)
COUNT = (
    sa.select(sa.func.count())
    .select_from(APPLICATIONS)
    .where(APPLICATIONS.c.tenant_id == C.tenant_id, APPLICATIONS.c.candidate_id == C.id)
    .correlate(CANDIDATES)
    .scalar_subquery()
    .label("application_count")
)
LIST = sa.select(
    C.id,
    C.name,
    C.headline,
    C.location,
    C.years_experience,
    C.skills,
    C.status,
    C.owner_id,
    C.version,
    C.created_at,
    C.updated_at,
    COUNT,
)


def get(candidate_id: UUID) -> Shown:
    """One candidate with contact points, in one statement."""
    rows = listing.read_columns(ONE, {"tenant_id": scope.tenant_id(), "candidate_id": candidate_id})
    if not rows:
        raise NotFound("There is no such candidate.")
    contacts = [{"kind": row.kind, "value": row.value, "raw": row.raw} for row in rows if row.kind is not None]
    return Shown(rows[0]._mapping, contacts)


def list_candidates(query: CandidateQuery) -> Page[Any]:
    """Candidates, each with the number of applications, filtered and searched."""
    return listing.paginate(LIST.where(*_filters(query)), Candidate, query, columns=True)


class Shown:
    """A row and its contact points, as attributes."""

    def __init__(self, row: Any, contacts: list[dict[str, Any]]) -> None:
        self.__dict__.update(row)
        self.contacts = contacts


def _filters(query: CandidateQuery) -> list[Any]:
    conditions = [_has_word(word) for word in dict.fromkeys(words(query.q))] if query.q else []
    if query.q and not conditions:
        conditions = [sa.false()]
    if query.status is not None:
        conditions.append(C.status == query.status)
    if query.owner_id is not None:
        conditions.append(C.owner_id == query.owner_id)
    if query.min_years is not None:
        conditions.append(C.years_experience >= query.min_years)
    if query.email is not None:
        conditions.append(_has_email(query.email))
    return conditions


def _has_word(word: str) -> Any:
    return sa.exists().where(
        WORDS.c.tenant_id == C.tenant_id,
        WORDS.c.candidate_id == C.id,
        WORDS.c.word == word,
    )


def _has_email(email: str) -> Any:
    return sa.exists().where(
        CONTACTS.c.tenant_id == C.tenant_id,
        CONTACTS.c.candidate_id == C.id,
        CONTACTS.c.kind == ContactKind.EMAIL,
        CONTACTS.c.value == email,
    )
