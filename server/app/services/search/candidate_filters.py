"""Candidate filters, shared by lists, searches, exports and bulk actions."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa

from app.models import (
    Candidate,
    CandidateContact,
    CandidateTagging,
    CandidateWord,
    TalentPoolMember,
    visibility_conditions,
)
from app.models.candidate_contact import ContactKind
from app.models.job_access import Opens
from app.models.permission import PII
from app.schemas.candidate_schema import CandidateFilters
from app.services.access import visibility_service
from app.services.core import listing
from app.services.search import candidate_search_index, search_query
from app.services.search.search_query import NOTHING, BooleanNode, Field, Node, Phrase
from app.utils import scope
from app.utils.errors import Forbidden
from app.utils.text import words

C = Candidate.__table__.c
CONTACTS, WORDS = CandidateContact.__table__, CandidateWord.__table__
TAGGINGS, MEMBERS = CandidateTagging.__table__, TalentPoolMember.__table__
# Filters whose value is compared as it is; `values` converts the other ones.
SEVERAL = ("status", "owner_id", "tag_id", "pool_id", "source")
BOUNDS = {
    f"{column.key}_{bound}": compare(column, sa.bindparam(f"{column.key}_{bound}", type_=column.type))
    for column in (C.created_at, C.last_activity_at, C.available_from)
    for bound, compare in listing.BOUNDS.items()
}
NAMES = ("is_quarantined", "min_years", "max_years", "email", *BOUNDS)


def values(query: CandidateFilters) -> dict[str, Any]:
    """Return the filters that are set and their values, by name; Forbidden for email without the PII permission."""
    if query.email is not None and PII not in scope.actor().permissions:
        raise Forbidden(f"Filtering by email requires the {PII} permission.", code="field_not_permitted")
    found = {name: value for name in NAMES if (value := getattr(query, name)) is not None}
    # One value is a parameter of a prepared statement, several are conditions: see `conditions`.
    for name in SEVERAL:
        chosen = getattr(query, name)
        if chosen is not None and _is_one(chosen):
            found[name] = chosen[0].value if name == "status" else chosen[0]
    if query.custom_field is not None:
        key, _, value = query.custom_field.partition(":")  # "size:Extra large"
        found["custom_field"] = candidate_search_index.field_token(key, value)
    return found


def conditions(query: CandidateFilters) -> list[Any]:
    """Return the conditions that are no parameters: filters of several values, and what a filter needs to be open."""
    found = visibility_conditions.candidates(Opens.CONTACT_POINTS) if query.email is not None else []
    found += visibility_conditions.own_candidates() if query.pool_id is not None else []
    found += visibility_service.owned_by(C.owner_id, query.owned_by)
    for name in SEVERAL:
        chosen = getattr(query, name)
        if chosen is not None and not _is_one(chosen):
            found.append(_among(name, chosen))
    return found


def all_conditions(query: CandidateFilters) -> list[Any]:
    """Return the conditions of the filters by status, owner, tag, pool and source, without parameters."""
    chosen = {name: value for name in SEVERAL if (value := getattr(query, name)) is not None}
    return [
        *visibility_service.owned_by(C.owner_id, query.owned_by),
        *(_among(name, value) for name, value in chosen.items()),
    ]


def _is_one(chosen: list[Any]) -> bool:
    return len(chosen) == 1 and chosen[0] != listing.NONE


def _among(name: str, chosen: list[Any]) -> Any:
    if name == "tag_id":
        return has(TAGGINGS, TAGGINGS.c.tag_id.in_(chosen))
    if name == "pool_id":
        return has(MEMBERS, MEMBERS.c.pool_id.in_(chosen))
    return listing.equals(C[name], chosen)


def tree(q: str | None, query: CandidateFilters) -> Node | None:
    """Return the query for search text and location, or None; a text without any word matches nobody."""
    place = tuple(words(query.location or ""))
    nodes: list[Node] = []
    if q:
        nodes.append(search_query.parse(q) or NOTHING)
    if query.location:
        nodes.append(Phrase(place, Field.LOCATION) if place else NOTHING)
    present = (NOTHING,) if NOTHING in nodes else tuple(nodes)
    return BooleanNode(present) if len(present) > 1 else present[0] if present else None


def condition(name: str) -> Any:
    """Return the condition of a filter, with a bind parameter of its name."""
    return _EXISTS[name]() if name in _EXISTS else _COLUMNS[name]


def has(table: Any, *conditions: Any) -> Any:
    """Return the condition that the candidate has a row in the table that meets `conditions`."""
    # The guards do not see tables, only mapped classes, so the tenant is named here.
    return sa.exists().where(table.c.tenant_id == C.tenant_id, table.c.candidate_id == C.id, *conditions)


# Parameters instead of values, so that each combination of filters is compiled to SQL only once.
_COLUMNS = {
    "status": C.status == sa.bindparam("status"),
    "owner_id": C.owner_id == sa.bindparam("owner_id"),
    "is_quarantined": C.purge_after.is_not(None) == sa.bindparam("is_quarantined"),  # retention sets it
    "source": C.source == sa.bindparam("source"),
    "min_years": C.years_experience >= sa.bindparam("min_years"),
    "max_years": C.years_experience <= sa.bindparam("max_years"),
    **BOUNDS,
}
_EXISTS = {
    "email": lambda: has(CONTACTS, CONTACTS.c.kind == ContactKind.EMAIL, CONTACTS.c.value == sa.bindparam("email")),
    "tag_id": lambda: has(TAGGINGS, TAGGINGS.c.tag_id == sa.bindparam("tag_id")),
    "pool_id": lambda: has(MEMBERS, MEMBERS.c.pool_id == sa.bindparam("pool_id")),
    "custom_field": lambda: has(WORDS, WORDS.c.word == sa.bindparam("custom_field")),
}
