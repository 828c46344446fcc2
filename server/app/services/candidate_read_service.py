"""Candidates as their readers see them: columns straight from the tables, which costs half of what entities cost."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from uuid import UUID

import sqlalchemy as sa

from app.models import (
    Application,
    Candidate,
    CandidateContact,
    CandidateTagging,
    CandidateWord,
    TalentPoolMember,
    sight,
)
from app.models.candidate import pay_of
from app.models.candidate_contact import ContactKind
from app.models.permission import PII
from app.schemas.candidate_schema import CandidateQuery
from app.schemas.common import Page
from app.services.column_reads import PreparedRead, read_rows
from app.services.prepared_list import PreparedList
from app.utils import scope
from app.utils.errors import BadRequest, Forbidden, NotFound
from app.utils.text import words

CANDIDATES, CONTACTS = Candidate.__table__, CandidateContact.__table__
TAGGINGS, MEMBERS = CandidateTagging.__table__, TalentPoolMember.__table__
APPLICATIONS, WORDS = Application.__table__, CandidateWord.__table__
C = CANDIDATES.c

OF_ONE = (
    sa.select(CANDIDATES, CONTACTS.c.kind, CONTACTS.c.value, CONTACTS.c.raw)
    .outerjoin_from(
        CANDIDATES,
        CONTACTS,
        sa.and_(CONTACTS.c.tenant_id == C.tenant_id, CONTACTS.c.candidate_id == C.id),
    )
    .where(C.tenant_id == sa.bindparam("tenant_id"), C.id == sa.bindparam("candidate_id"))
    .order_by(CONTACTS.c.position)
)
ONE = PreparedRead(OF_ONE)
APPLICATION_COUNT = (
    sa.select(sa.func.count())
    .select_from(APPLICATIONS)
    .where(APPLICATIONS.c.tenant_id == C.tenant_id, APPLICATIONS.c.candidate_id == C.id)
    .correlate(CANDIDATES)
    .scalar_subquery()
    .label("application_count")
)
ITEM = sa.select(
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
    APPLICATION_COUNT,
)
WORD = "word_"
MAX_WORDS = 16
FILTERS = ("owner_id", "tag_id", "pool_id", "min_years", "email")


def _condition(name: str) -> Any:
    """The condition of a filter, over a bind parameter of its name."""
    if name.startswith(WORD):
        return sa.exists().where(
            WORDS.c.tenant_id == C.tenant_id, WORDS.c.candidate_id == C.id, WORDS.c.word == sa.bindparam(name)
        )
    return {
        "nothing": sa.false(),
        "status": C.status == sa.bindparam("status"),
        "owner_id": C.owner_id == sa.bindparam("owner_id"),
        "tag_id": sa.exists().where(
            TAGGINGS.c.tenant_id == C.tenant_id,
            TAGGINGS.c.candidate_id == C.id,
            TAGGINGS.c.tag_id == sa.bindparam("tag_id"),
        ),
        "pool_id": sa.exists().where(
            MEMBERS.c.tenant_id == C.tenant_id,
            MEMBERS.c.candidate_id == C.id,
            MEMBERS.c.pool_id == sa.bindparam("pool_id"),
        ),
        "min_years": C.years_experience >= sa.bindparam("min_years"),
        "email": sa.exists().where(
            CONTACTS.c.tenant_id == C.tenant_id,
            CONTACTS.c.candidate_id == C.id,
            CONTACTS.c.kind == ContactKind.EMAIL,
            CONTACTS.c.value == sa.bindparam("email"),
        ),
    }[name]


LIST = PreparedList(ITEM, Candidate, _condition)


def get(candidate_id: UUID) -> Shown:
    """One candidate with contact points, in one statement."""
    parameters = {"tenant_id": scope.tenant_id(), "candidate_id": candidate_id}
    in_sight = sight.candidates()
    rows = read_rows(OF_ONE.where(*in_sight), parameters) if in_sight else ONE.rows(**parameters)
    if not rows:
        raise NotFound("There is no such candidate.")
    return Shown(rows[0], [row for row in rows if row["kind"] is not None])


def list_candidates(query: CandidateQuery) -> Page[Any]:
    """Candidates, each with the number of applications, filtered and searched."""
    if query.email is not None and PII not in scope.actor().permissions:
        raise Forbidden("Who may not see addresses cannot look for them.", code="field_not_permitted")
    wanted = dict.fromkeys(words(query.q)) if query.q else {}
    if len(wanted) > MAX_WORDS:
        raise BadRequest(f"A search takes {MAX_WORDS} different words at most.", code="too_many_words")
    values = {name: value for name in FILTERS if (value := getattr(query, name)) is not None}
    values |= {f"{WORD}{number}": word for number, word in enumerate(wanted)}
    if query.q and not wanted:
        values["nothing"] = True
    if query.status is not None:
        values["status"] = query.status.value
    return LIST.page(query, values, *sight.candidates())


class Shown:
    """A row and its contact points, as attributes."""

    __tablename__ = Candidate.__tablename__

    def __init__(self, row: Mapping[str, Any], contacts: list[Mapping[str, Any]]) -> None:
        self.__dict__.update(row)
        self.contacts = contacts
        self.expected_pay = pay_of(self)
