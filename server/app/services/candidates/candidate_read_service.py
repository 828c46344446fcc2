"""Reads of candidates that bypass the ORM, at half the cost of loading entities."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

import sqlalchemy as sa

from app.models import Application, Candidate, CandidateContact, CandidateWord, Event, visibility_conditions
from app.models.candidate import pay_of
from app.models.job_access import Opens
from app.schemas.candidate_schema import CandidateOut, CandidateQuery
from app.schemas.event_schema import ActivityQuery
from app.schemas.lists import Page
from app.services.access import job_rights, user_expansions
from app.services.candidates import candidate_expansions, candidate_redirects
from app.services.core.column_reads import PreparedRead, read_rows
from app.services.core.expansion import Expansion, expand
from app.services.core.prepared_list import PreparedList
from app.services.events import event_service
from app.services.search import candidate_filters, candidate_search_sql
from app.services.search.search_query import BooleanNode, Node, Term
from app.utils import scope

CANDIDATES, CONTACTS = Candidate.__table__, CandidateContact.__table__
APPLICATIONS, WORDS = Application.__table__, CandidateWord.__table__
C = CANDIDATES.c

OF_ONE = (
    sa.select(CANDIDATES, CONTACTS.c.kind, CONTACTS.c.value, CONTACTS.c.raw, CONTACTS.c.is_parsed)
    .outerjoin_from(
        CANDIDATES,
        CONTACTS,
        sa.and_(CONTACTS.c.tenant_id == C.tenant_id, CONTACTS.c.candidate_id == C.id),
    )
    .where(C.tenant_id == sa.bindparam("tenant_id"), C.id == sa.bindparam("candidate_id"))
    .order_by(CONTACTS.c.position)
)
ONE = PreparedRead(OF_ONE)
ITEM_COLUMNS = (
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
    C.last_activity_at,
)
WORD = "word_"  # plain words are filters with the names word_0, word_1


def _condition(name: str) -> Any:
    """Return the condition of a filter or a plain word, with a bind parameter of its name."""
    if name.startswith(WORD):
        return candidate_filters.has(WORDS, WORDS.c.word == sa.bindparam(name))
    return candidate_filters.condition(name)


def items() -> sa.Select[Any]:
    """Select candidates as shown in lists, with the number of their applications that the actor sees."""
    # A scalar subquery, not a join with GROUP BY, so that it is computed for the rows of a page only.
    counted = (
        sa.select(sa.func.count())
        .select_from(APPLICATIONS)
        .where(APPLICATIONS.c.tenant_id == C.tenant_id, APPLICATIONS.c.candidate_id == C.id)
        .where(*visibility_conditions.applications())
        .correlate(CANDIDATES)
    )
    return sa.select(*ITEM_COLUMNS, counted.scalar_subquery().label("application_count"))


LIST = PreparedList(items(), Candidate, _condition)  # for actors who see everything


def get(candidate_id: UUID) -> CandidateOut:
    """Return a candidate with contact points, in one statement; Moved if it was merged, otherwise NotFound."""
    parameters = {"tenant_id": scope.tenant_id(), "candidate_id": candidate_id}
    visible = visibility_conditions.candidates()
    # Visibility conditions contain the ids of a team, so that the statement differs per actor and is not prepared.
    rows = read_rows(OF_ONE.where(*visible), parameters) if visible else ONE.rows(**parameters)
    if not rows:
        raise candidate_redirects.missing(candidate_id)
    # For a candidate without contact points, the outer join returns one row of nulls.
    found = record(rows[0], [row for row in rows if row["kind"] is not None])
    opened = job_rights.opened([candidate_id], Opens.CONTACT_POINTS, Opens.PAY)
    if not opened[Opens.CONTACT_POINTS]:
        found.contacts = None
    if not opened[Opens.PAY]:
        found.expected_pay = None
    return found


def record(row: Mapping[str, Any], contacts: Sequence[Mapping[str, Any]]) -> CandidateOut:
    """Build a candidate from its row and the rows of its contact points."""
    return CandidateOut.model_validate({**row, "contacts": contacts, "expected_pay": pay_of(row)})


EXPANSIONS: dict[str, Expansion] = {
    "tags": ("id", candidate_expansions.tags_of, []),
    "contacts": ("id", candidate_expansions.contacts_of, []),
    "owner": ("owner_id", user_expansions.users, None),
}


def list_candidates(query: CandidateQuery) -> Page[Mapping[str, Any]]:
    """List the visible candidates with the number of their applications, filtered and searched, as mappings."""
    limited = visibility_conditions.candidates()
    values, conditions = candidate_filters.values(query), [*limited, *candidate_filters.conditions(query)]
    node = candidate_filters.tree(query.q, query)
    if plain := _plain_words(node):
        values |= {f"{WORD}{number}": word for number, word in enumerate(plain)}
    elif node is not None:
        conditions.append(candidate_search_sql.holds(node, scope.tenant_id()))
    page = (PreparedList(items(), Candidate, _condition) if limited else LIST).page(query, values, *conditions)
    if query.expand:  # otherwise the rows go out as they are
        page.data = expand(page.data, query.expand, EXPANSIONS)
    return page


def counted(query: CandidateQuery) -> sa.Select[Any]:
    """Select the ids of the visible candidates that the filters by owner and the like leave, to count them."""
    of_tenant = C.tenant_id == scope.tenant_id()
    return sa.select(C.id).where(
        of_tenant, *visibility_conditions.candidates(), *candidate_filters.all_conditions(query)
    )


def _plain_words(node: Node | None) -> list[str]:
    """Return the words of a query of plain words only, which uses prepared statements; otherwise an empty list."""
    nodes = node.nodes if isinstance(node, BooleanNode) and not node.is_or else (node,)
    plain = [each.word for each in nodes if isinstance(each, Term) and candidate_search_sql.is_plain(each)]
    return list(dict.fromkeys(plain)) if len(plain) == len(nodes) else []


def activity(candidate_id: UUID, query: ActivityQuery) -> Page[Event]:
    """List the events of a candidate and its data, newest first."""
    candidate_redirects.get(candidate_id)
    # Events never change: those of merged candidates still have their old ids.
    return event_service.of_candidate(candidate_id, candidate_redirects.losers(candidate_id), query)
