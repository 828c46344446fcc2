"""Search queries as SQL conditions on the word index; the same SQL on every database.

Each condition is an equality or a range on (tenant, word), so that the index can be used under row security
(decision 0001).
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import sqlalchemy as sa

from app.models import Candidate, CandidateWord
from app.services.search import skill_taxonomy
from app.services.search.candidate_search_index import typo_variants
from app.services.search.search_query import NOTHING, BooleanNode, Field, Node, Not, Phrase, Term, leaves, parse
from app.utils import scope
from app.utils.text import words

WORDS = CandidateWord.__table__
C = Candidate.__table__.c
# The numbers of the lines of the search text, for split_part.
LINES = {Field.NAME: 1, Field.TITLE: 2, Field.SKILL: 3, Field.LOCATION: 4, Field.TEXT: 5}
LAST = "\U0010ffff"  # greater than any letter: eng* is the range eng <= word < eng + LAST
COUNTED = 2000  # rows per term; beyond that, the exact number does not matter
EXPANDED = 12  # words of a prefix that are read one by one
MAX_BRANCHES = 12  # words read one by one; each branch repeats the remaining query


def holds(node: Node, tenant: Any, candidate_id: Any = C.id, by_row: bool = False) -> Any:
    """Return the condition that a candidate matches the query; a phrase needs a row of `candidates`.

    With `by_row`, an OFFSET keeps the planner from joining all matches before it takes the first ones in order.
    """
    if isinstance(node, Not):
        return sa.not_(holds(node.node, tenant, candidate_id, by_row))
    if node == NOTHING:
        return sa.false()  # an empty `or_` would be left out of the statement
    if isinstance(node, BooleanNode):
        parts = [holds(each, tenant, candidate_id, by_row) for each in node.nodes]
        return sa.or_(*parts) if node.is_or else sa.and_(*parts)
    if isinstance(node, Phrase):
        # The index knows the words, but not their order: only candidates who have all of them need their text read.
        return sa.and_(*(_has(term, tenant, candidate_id) for term in _of_phrase(node)), _in_a_row(node))
    return _has(node, tenant, candidate_id, by_row)


def ids_of(q: str) -> Any:
    """Select the ids of the candidates whom a search text finds, for lists of what belongs to them."""
    tenant = sa.literal(scope.tenant_id(), C.tenant_id.type)
    node = parse(q) or NOTHING
    return sa.select(C.id).where(C.tenant_id == tenant, holds(node, tenant))


def remaining_query(node: Node, driving_terms: list[Term]) -> Node | None:
    """Return what to check for candidates who have one of the driving terms; None if nothing remains."""
    if (
        driving_terms == [node]
        or isinstance(node, BooleanNode)
        and node.is_or
        and set(driving_terms) == set(node.nodes)
    ):
        return None
    if isinstance(node, BooleanNode) and not node.is_or and len(driving_terms) == 1 and driving_terms[0] in node.nodes:
        return BooleanNode(tuple(each for each in node.nodes if each != driving_terms[0]))
    return node  # also if a prefix was expanded: its words are not parts of the query


def covering_terms(node: Node, size: Callable[[Term], int]) -> list[Term] | None:
    """Return terms of which every match has at least one, with the smallest total size; None if there are none."""
    if isinstance(node, Not) or node == NOTHING:
        return None
    if isinstance(node, Phrase):
        return [min(_of_phrase(node), key=size)]  # a match has every word, so the rarest is enough
    if isinstance(node, Term):
        return [node]
    covers = [covering_terms(each, size) for each in node.nodes]
    if node.is_or:
        # A match may have only one of the parts, so each part needs its terms. A NOT has none.
        return None if None in covers else [term for each in covers if each for term in each]
    # A match has every part, so the terms of the part with the fewest candidates are enough.
    return min((each for each in covers if each), key=lambda terms: sum(map(size, terms)), default=None)


def choices(node: Node) -> list[Term]:
    """Return the terms from which covering terms are chosen; empty if there is no choice."""
    found = list(dict.fromkeys(_terms(node)))
    # An OR of terms needs all of them, so counting them would decide nothing.
    return found if len(found) > 1 and not (isinstance(node, BooleanNode) and node.is_or and _all_terms(node)) else []


def sizes(terms: Sequence[Term], tenant: Any) -> sa.Select[Any]:
    """Select the number of index rows of each term, up to COUNTED, as one column per term."""
    columns = []
    for number, term in enumerate(terms):
        words_ = WORDS.alias()
        # The limit bounds the count: a frequent word may have a row for each candidate of the tenant.
        some = sa.select(sa.literal(1)).where(words_.c.tenant_id == tenant, _is(words_, term)).limit(COUNTED).subquery()
        columns.append(sa.select(sa.func.count()).select_from(some).scalar_subquery().label(f"size_{number}"))
    return sa.select(*columns)


def beginning_with(term: Term, tenant: Any) -> sa.Select[Any]:
    """Select the words with the term's prefix, up to EXPANDED + 1, with one index lookup for each."""
    first, later = WORDS.alias(), WORDS.alias()
    ends = term.word + LAST
    # A loose index scan: the next word is the smallest one greater than the last. `distinct` would read every row.
    least = sa.select(sa.func.min(first.c.word).label("word"))
    found = least.where(first.c.tenant_id == tenant, first.c.word >= term.word, first.c.word < ends).cte(
        "found", recursive=True
    )
    more = sa.select(sa.func.min(later.c.word))
    following = more.where(later.c.tenant_id == tenant, later.c.word > found.c.word, later.c.word < ends)
    # After the last word, the minimum is null, which ends the recursion.
    step = sa.select(following.scalar_subquery()).where(found.c.word.is_not(None))
    found = found.union_all(step)
    # One more, to show that there are too many. The recursion runs only as far as the limit reads it.
    return sa.select(found.c.word).where(found.c.word.is_not(None)).limit(EXPANDED + 1)


def found_by(terms: list[Term], tenant: Any, holds_of: Callable[[Any], list[Any]], limit: int) -> Any:
    """Select the ids and weights of candidates who have one of the terms and match `holds_of`, highest weight first.

    Each word is read in order of weight and only up to `limit`: a candidate beyond the first of each word cannot be
    among the first of all. For more than MAX_BRANCHES words, or a prefix, candidates are aggregated before sorting.
    """
    branches = sum(len(_words_of(term)) for term in terms)
    if branches > MAX_BRANCHES or any(term.is_prefix for term in terms):
        words_ = WORDS.alias()
        some = words_.c.tenant_id == tenant, sa.or_(*(_is(words_, term) for term in terms))
        # Grouped, since a candidate may have several of the words.
        grouped = sa.select(words_.c.candidate_id.label("id"), sa.func.max(words_.c.fields).label("weight"))
        gathered = grouped.where(*some).group_by(words_.c.candidate_id).subquery()
        every = sa.select(gathered.c.id, gathered.c.weight).where(*holds_of(gathered.c.id))
        return every.order_by(gathered.c.weight.desc(), gathered.c.id.desc()).limit(limit)
    each = [_first_of(term, word, tenant, holds_of, limit) for term in terms for word in _words_of(term)]
    if len(each) == 1:
        return each[0]
    # Each in a subquery: SQLite has no ORDER BY and LIMIT within the parts of a UNION.
    united = sa.union_all(*(sa.select(one.subquery()) for one in each)).subquery()
    best = sa.func.max(united.c.weight)
    best_first = sa.select(united.c.id, best.label("weight")).group_by(united.c.id)
    return best_first.order_by(best.desc(), united.c.id.desc()).limit(limit)


def _first_of(term: Term, word: str, tenant: Any, holds_of: Callable[[Any], list[Any]], limit: int) -> sa.Select[Any]:
    words_ = WORDS.alias()
    statement = sa.select(words_.c.candidate_id.label("id"), words_.c.fields.label("weight"))
    statement = statement.where(words_.c.tenant_id == tenant, words_.c.word == word, *_in_field(words_, term))
    statement = statement.where(*holds_of(words_.c.candidate_id))
    # The order of the index ix_candidate_words_rank. Ids sort by time, so that newer candidates come first.
    return statement.order_by(words_.c.fields.desc(), words_.c.candidate_id.desc()).limit(limit)


def score(node: Node, tenant: Any, candidate_id: Any) -> Any:
    """Return the rank of a candidate: the sum of the weights of the fields that contain the query's words."""
    total: Any = sa.literal(0)
    for term in dict.fromkeys(_terms(node)):
        words_ = WORDS.alias()
        weight = sa.select(sa.func.max(words_.c.fields)).where(
            words_.c.tenant_id == tenant, words_.c.candidate_id == candidate_id, _is(words_, term, of_one=True)
        )
        total = total + sa.func.coalesce(weight.scalar_subquery(), 0)  # null for a missing alternative of an OR
    return total


def has_phrase(node: Node) -> bool:
    """Return whether the query contains a phrase, which can only be checked on a row of `candidates`."""
    return any(isinstance(leaf, Phrase) for leaf in leaves(node))


def is_plain(term: Term) -> bool:
    """Return whether a term is a single word with one spelling, in any field."""
    return not term.is_prefix and not term.is_lenient and term.field is None and len(spellings(term)) == 1


def _has(term: Term, tenant: Any, candidate_id: Any, by_row: bool = False) -> Any:
    words_ = WORDS.alias()
    its_own = words_.c.tenant_id == tenant, words_.c.candidate_id == candidate_id
    one = sa.select(sa.literal(1)).where(*its_own, _is(words_, term, of_one=True)).correlate_except(words_)
    return sa.exists(one.limit(1).offset(0) if by_row else one)


def _is(words_: Any, term: Term, of_one: bool = False) -> Any:
    """Return the condition that a row of the index has one of the term's words, in the term's field.

    For a single candidate (`of_one`), a range is written so that the planner cannot use the index over all words.
    """
    if term.is_prefix:
        word = words_.c.word.concat("") if of_one else words_.c.word
        # On PostgreSQL, the column has the collation "C", so that ranges are by code point, as on SQLite.
        condition = sa.and_(word >= term.word, word < term.word + LAST)
    else:
        found = _words_of(term)
        condition = words_.c.word == found[0] if len(found) == 1 else words_.c.word.in_(found)
    return sa.and_(condition, *_in_field(words_, term))


def _in_field(words_: Any, term: Term) -> list[Any]:
    """Return the condition on the field; empty if any field matches."""
    if term.field is None:
        return []
    # Typo variants have no field (0): they are on the last line of the search text, and all of them are of names.
    in_field = words_.c.fields.op("&")(int(term.field)) != 0
    return [in_field | (words_.c.fields == 0) if term.is_lenient else in_field]


def _words_of(term: Term) -> list[str]:
    """Return the index words that a term matches, unless it is a prefix."""
    return list(dict.fromkeys([*spellings(term), *(typo_variants([term.word]) if term.is_lenient else [])]))


def spellings(term: Term) -> list[str]:
    """Return the word and other one-word names of the skill that it may denote."""
    others = (
        (words(name) for name in skill_taxonomy.other_names(term.word)) if term.field in (None, Field.SKILL) else ()
    )
    # The index has all names of a skill, so a query needs those of one word only.
    return list(dict.fromkeys([term.word, *(other[0] for other in others if len(other) == 1)]))


def _of_phrase(phrase: Phrase) -> list[Term]:
    return [Term(word, phrase.field) for word in dict.fromkeys(phrase.words)]


def _in_a_row(phrase: Phrase) -> Any:
    text = C.search_text if phrase.field is None else sa.func.split_part(C.search_text, "\n", LINES[phrase.field])
    # Between spaces, so that only whole words match; a phrase cannot span two lines, since a newline is between them.
    return sa.func.strpos(text, f" {' '.join(phrase.words)} ") > 0


def _terms(node: Node) -> list[Term]:
    """Return the terms of a query that are not negated, including the words of phrases."""
    found = leaves(node, negated=False)
    return [term for leaf in found for term in (_of_phrase(leaf) if isinstance(leaf, Phrase) else [leaf])]


def _all_terms(node: BooleanNode) -> bool:
    return all(isinstance(each, Term) for each in node.nodes)
