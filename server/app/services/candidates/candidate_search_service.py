"""Candidate search: ranked hits with highlights, facets, and tolerance for typos in names."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any
from uuid import UUID

import sqlalchemy as sa

from app.extensions import db
from app.models import Candidate, CandidateResume, CandidateTag, CandidateTagging, visibility_conditions
from app.models.job_access import Opens
from app.schemas.candidate_schema import CandidateFilters
from app.schemas.candidate_search_schema import CandidateSearchQuery, FacetCount
from app.services.access import job_rights
from app.services.candidates.candidate_read_service import items
from app.services.core import listing
from app.services.core.column_reads import read_rows
from app.services.search import candidate_filters, candidate_search_sql, search_highlights, search_query, spelling
from app.services.search.search_query import Node, Term
from app.utils import scope
from app.utils.text import without_contacts

RANKED = 500  # a search ranks the first 500 by the weight of one word (decision 0013)
COUNTED = 10_000  # hits whose facets are counted
MOST_FREQUENT = 20
READ_RESUMES = "candidate_resumes.read"
CANDIDATES, RESUMES = Candidate.__table__, CandidateResume.__table__
TAGS, TAGGINGS = CandidateTag.__table__, CandidateTagging.__table__
C = CANDIDATES.c
TENANT = sa.bindparam("tenant_id", type_=C.tenant_id.type)


@dataclass(frozen=True, slots=True)
class SearchPage:
    """A page of search results."""

    data: list[dict[str, Any]]
    has_more: bool
    next_cursor: str | None
    facets: dict[str, list[FacetCount]] | None
    is_lenient: bool
    did_you_mean: str | None


def search(query: CandidateSearchQuery) -> SearchPage:
    """Return one page of hits, best first; without an exact hit, typos in names are tolerated (`is_lenient`)."""
    node = candidate_filters.tree(query.q, query)
    after = listing.decode_cursor(query) if query.cursor else None
    is_lenient = bool(after and after[2])  # the first page decides for the following ones
    if node is not None and is_lenient:
        node = search_query.lenient(node)
    driving_terms = _driving_terms(node)
    hits = _hits(query, node, driving_terms, after)
    if not hits and node is not None and after is None and (forgiving := search_query.lenient(node)) != node:
        node, driving_terms, is_lenient = forgiving, _driving_terms(forgiving), True
        hits = _hits(query, node, driving_terms, None)
    more, hits = len(hits) > query.limit, hits[: query.limit]
    cursor = listing.encode_cursor(query, hits[-1]["score"], str(hits[-1]["id"]), is_lenient) if more else None
    facets = _facets(query, node, driving_terms) if query.facets else None
    better = _better(query) if not hits and after is None else None
    return SearchPage(_shown(hits, node), more, cursor, facets, is_lenient and bool(hits), better)


def _better(query: CandidateSearchQuery) -> str | None:
    """Return a corrected query that finds somebody whom the actor sees."""
    text = spelling.corrected(query.q) if query.q else None
    found = matching(query, text, 1) if text else []
    return text if found else None


def matching(query: CandidateFilters, q: str | None, limit: int) -> Sequence[UUID]:
    """Return the ids of up to `limit` visible candidates that a search finds, best first."""
    node = candidate_filters.tree(q, query)
    ids = sa.select(_found(query, node, _driving_terms(node), limit).c.id)
    return [row["id"] for row in read_rows(ids, _parameters(query))]


def _parameters(query: CandidateFilters) -> dict[str, Any]:
    return {**candidate_filters.values(query), "tenant_id": scope.tenant_id()}


def _found(query: CandidateFilters, node: Node | None, driving_terms: list[Term] | None, limit: int) -> Any:
    """Select the ids of the hits, by highest weight of a word, then newest first."""
    conditions = [candidate_filters.condition(name) for name in candidate_filters.values(query)]
    conditions += [*visibility_conditions.candidates(), *candidate_filters.conditions(query)]
    if node is None or driving_terms is None:
        conditions += [candidate_search_sql.holds(node, TENANT)] if node is not None else []
        # Ids are UUIDv7: the highest are the newest.
        newest = sa.select(C.id).where(C.tenant_id == TENANT, *conditions).order_by(C.id.desc())
        return newest.limit(limit).subquery("found")
    holds_of = partial(_holds_of, candidate_search_sql.remaining_query(node, driving_terms), conditions)
    return candidate_search_sql.found_by(driving_terms, TENANT, holds_of, limit).subquery("found")


def _holds_of(rest: Node | None, conditions: list[Any], candidate_id: Any) -> list[Any]:
    """Return the conditions that a candidate of the index matches the remaining query and the filters.

    Without filters, candidates are tested row by row in index order. With filters, which may leave only a few, the
    planner chooses.
    """
    # Words are checked in the index alone; filters and phrases need the row of the candidate.
    if not conditions and (rest is None or not candidate_search_sql.has_phrase(rest)):
        return [candidate_search_sql.holds(rest, TENANT, candidate_id, by_row=True)] if rest is not None else []
    holding = [candidate_search_sql.holds(rest, TENANT)] if rest is not None else []
    one = sa.select(sa.literal(1)).where(C.tenant_id == TENANT, C.id == candidate_id, *conditions, *holding)
    # OFFSET 0 keeps PostgreSQL from turning EXISTS into a join, which would check all hits before the first is taken.
    return [sa.exists(one if conditions else one.limit(1).offset(0))]


def _driving_terms(node: Node | None) -> list[Term] | None:
    """Return the driving terms, those with the fewest candidates, with prefixes expanded to words; None if none."""
    if node is None:
        return None
    choices = candidate_search_sql.choices(node)
    sizes = dict.fromkeys(choices, 0)
    if choices:
        (counts,) = read_rows(candidate_search_sql.sizes(choices, TENANT), {"tenant_id": scope.tenant_id()})
        sizes = dict(zip(choices, counts.values(), strict=True))  # one column per term, in the same order
    terms = candidate_search_sql.covering_terms(node, lambda term: sizes.get(term, 0))
    if terms is None:
        return None
    return [word for term in terms for word in (_beginning_with(term) if term.is_prefix else [term])]


def _beginning_with(term: Term) -> list[Term]:
    """Expand a prefix to the words that begin with it; the term itself if there are none or more than EXPANDED."""
    rows = read_rows(candidate_search_sql.beginning_with(term, TENANT), {"tenant_id": scope.tenant_id()})
    found = [Term(row["word"], term.field) for row in rows]
    return found if 0 < len(found) <= candidate_search_sql.EXPANDED else [term]


def _hits(
    query: CandidateSearchQuery, node: Node | None, driving_terms: list[Term] | None, after: tuple[Any, ...] | None
) -> Sequence[Mapping[str, Any]]:
    found = _found(query, node, driving_terms, RANKED)
    rank = candidate_search_sql.score(node, TENANT, found.c.id) if node is not None else sa.literal(0)
    ranked = sa.select(found.c.id, rank.label("score")).subquery("ranked")
    page = sa.select(ranked.c.id, ranked.c.score).order_by(ranked.c.score.desc(), ranked.c.id.desc())
    if after is not None:
        here = sa.tuple_(ranked.c.score, ranked.c.id)
        page = page.where(here < sa.tuple_(sa.literal(after[0]), sa.literal(UUID(after[1]), C.id.type)))
    # `items` counts the applications of each row: join it with the page only, not with all ranked hits.
    best = page.limit(query.limit + 1).subquery("best")
    statement = items().add_columns(best.c.score).join(best, C.id == best.c.id).where(C.tenant_id == TENANT)
    return read_rows(statement.order_by(best.c.score.desc(), best.c.id.desc()), _parameters(query))


def _shown(hits: Sequence[Mapping[str, Any]], node: Node | None) -> list[dict[str, Any]]:
    """Return the hits with highlights and, if the actor may read resumes, snippets."""
    matches = search_highlights.matcher(node, candidate_search_sql.spellings)
    texts: dict[UUID, str | None] = {}
    if node is not None and hits and READ_RESUMES in scope.actor().permissions:
        of_hits = RESUMES.c.candidate_id.in_([hit["id"] for hit in hits])
        columns = sa.select(RESUMES.c.candidate_id, RESUMES.c.text)
        statement = columns.where(RESUMES.c.tenant_id == TENANT, of_hits, RESUMES.c.is_primary)
        texts = {row["candidate_id"]: row["text"] for row in read_rows(statement, {"tenant_id": scope.tenant_id()})}
        opened = job_rights.opened(list(texts), Opens.RESUME, Opens.CONTACT_POINTS)
        texts = {
            key: text if key in opened[Opens.CONTACT_POINTS] else without_contacts(text or "")
            for key, text in texts.items()
            if key in opened[Opens.RESUME]
        }
    return [
        {
            **hit,
            "highlights": search_highlights.of_profile(hit, matches),
            "snippet": search_highlights.of_resume(texts.get(hit["id"]), matches),
        }
        for hit in hits
    ]


def _facets(
    query: CandidateSearchQuery, node: Node | None, driving_terms: list[Term] | None
) -> dict[str, list[FacetCount]]:
    """Count the values of each requested facet among the hits, in one statement."""
    wanted = list(dict.fromkeys(query.facets or ()))
    found = _found(query, node, driving_terms, COUNTED)
    parts = [_facet(name, found) for name in wanted]
    counts: dict[str, list[FacetCount]] = {name: [] for name in wanted}
    for row in read_rows(sa.union_all(*parts), _parameters(query)):
        # As text, a UUID has hyphens on PostgreSQL but not on SQLite.
        value = str(UUID(row["value"])) if row["facet"] == "owner_id" else str(row["value"])
        counts[row["facet"]].append(FacetCount.model_construct(value=value, count=row["hits"]))
    for values in counts.values():
        values.sort(key=lambda each: (-each.count, each.value))
    return counts


def _facet(name: str, found: Any) -> Any:
    """Select the most frequent values of a facet."""
    source: Any = sa.join(found, CANDIDATES, sa.and_(C.tenant_id == TENANT, C.id == found.c.id))
    if name == "skill":
        each = _elements(C.skills)
        source, value = source.join(each, sa.true()), each.c.value
    elif name == "tag":
        borne = sa.and_(TAGGINGS.c.tenant_id == TENANT, TAGGINGS.c.candidate_id == found.c.id)
        source = source.join(TAGGINGS, borne).join(
            TAGS, sa.and_(TAGS.c.tenant_id == TENANT, TAGS.c.id == TAGGINGS.c.tag_id)
        )
        value = TAGS.c.name
    else:
        value = C[name]
    hits = sa.func.count().label("hits")
    text = sa.cast(value, sa.Text).label("value")
    counted = sa.select(sa.literal(name).label("facet"), text, hits).select_from(source).where(value.is_not(None))
    top = counted.group_by(value).order_by(hits.desc(), value).limit(MOST_FREQUENT).subquery()
    return sa.select(top)  # SQLite refuses ORDER BY and LIMIT in a part of a UNION


def _elements(column: Any) -> Any:
    """Return the elements of a JSON list as rows."""
    if db.engine.dialect.name == "postgresql":
        return sa.func.jsonb_array_elements_text(column).table_valued("value").render_derived()
    return sa.func.json_each(column).table_valued("value")
