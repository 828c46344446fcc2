"""From the tree of a query to conditions over the index of words: the same SQL on every database.

Each condition is equality or a range on (tenant, word), so that row security may use the index (decision 0001).
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import sqlalchemy as sa

from app.models import Candidate, CandidateWord
from app.services.search import skill_taxonomy
from app.services.search.candidate_search_index import typo_variants
from app.services.search.search_query import NOTHING, BooleanNode, Field, Node, Not, Phrase, Term, leaves
from app.utils.text import words

WORDS = CandidateWord.__table__
C = Candidate.__table__.c
LINES = {Field.NAME: 1, Field.TITLE: 2, Field.SKILL: 3, Field.LOCATION: 4, Field.TEXT: 5}
LAST = "\U0010ffff"
COUNTED = 2000
EXPANDED = 12
MAX_BRANCHES = 12  # words read one by one: each carries the rest of the query


def holds(node: Node, tenant: Any, candidate_id: Any = C.id, by_row: bool = False) -> Any:
    """The condition that the query is true of a candidate; with a phrase in it, on a row of candidates.

    With `by_row` an offset keeps the planner from joining all of whom it is true before it takes the first in order.
    """
    if isinstance(node, Not):
        return sa.not_(holds(node.node, tenant, candidate_id, by_row))
    if node == NOTHING:
        return sa.false()
    if isinstance(node, BooleanNode):
        parts = [holds(each, tenant, candidate_id, by_row) for each in node.nodes]
        return sa.or_(*parts) if node.is_or else sa.and_(*parts)
    if isinstance(node, Phrase):
        return sa.and_(*(_has(term, tenant, candidate_id) for term in _of_phrase(node)), _in_a_row(node))
    return _has(node, tenant, candidate_id, by_row)


def remaining_query(node: Node, driving_terms: list[Term]) -> Node | None:
    """What is left of a query for candidates who have one of the leading terms; None where nothing is."""
    if (
        driving_terms == [node]
        or isinstance(node, BooleanNode)
        and node.is_or
        and set(driving_terms) == set(node.nodes)
    ):
        return None
    if isinstance(node, BooleanNode) and not node.is_or and len(driving_terms) == 1 and driving_terms[0] in node.nodes:
        return BooleanNode(tuple(each for each in node.nodes if each != driving_terms[0]))
    return node


def covering_terms(node: Node, size: Callable[[Term], int]) -> list[Term] | None:
    """Terms of which every candidate whom the query is true of has one, the fewest by size; None without any."""
    if isinstance(node, Not) or node == NOTHING:
        return None
    if isinstance(node, Phrase):
        return [min(_of_phrase(node), key=size)]
    if isinstance(node, Term):
        return [node]
    covers = [covering_terms(each, size) for each in node.nodes]
    if node.is_or:
        return None if None in covers else [term for each in covers if each for term in each]
    return min((each for each in covers if each), key=lambda terms: sum(map(size, terms)), default=None)


def choices(node: Node) -> list[Term]:
    """The terms among which a cover is chosen; none where there is no choice."""
    found = list(dict.fromkeys(_terms(node)))
    return found if len(found) > 1 and not (isinstance(node, BooleanNode) and node.is_or and _all_terms(node)) else []


def sizes(terms: Sequence[Term], tenant: Any) -> sa.Select[Any]:
    """How many rows of the index each term has, up to COUNTED: a column for each."""
    columns = []
    for number, term in enumerate(terms):
        words_ = WORDS.alias()
        some = sa.select(sa.literal(1)).where(words_.c.tenant_id == tenant, _is(words_, term)).limit(COUNTED).subquery()
        columns.append(sa.select(sa.func.count()).select_from(some).scalar_subquery().label(f"size_{number}"))
    return sa.select(*columns)


def beginning_with(term: Term, tenant: Any) -> sa.Select[Any]:
    """The words that begin as a term does, up to EXPANDED and one more: a step in the index for each."""
    first, later = WORDS.alias(), WORDS.alias()
    ends = term.word + LAST
    least = sa.select(sa.func.min(first.c.word).label("word"))
    found = least.where(first.c.tenant_id == tenant, first.c.word >= term.word, first.c.word < ends).cte(
        "found", recursive=True
    )
    more = sa.select(sa.func.min(later.c.word))
    following = more.where(later.c.tenant_id == tenant, later.c.word > found.c.word, later.c.word < ends)
    step = sa.select(following.scalar_subquery()).where(found.c.word.is_not(None))
    found = found.union_all(step)
    return sa.select(found.c.word).where(found.c.word.is_not(None)).limit(EXPANDED + 1)


def found_by(terms: list[Term], tenant: Any, holds_of: Callable[[Any], list[Any]], limit: int) -> Any:
    """A select of the ids of candidates who have one of the terms, the weightiest first, with the weight.

    Each word is read in the order of its weight, as far as it is needed: what is not among the first of any word is not
    among the first of all. Many words, and beginnings of many, are gathered before they are ordered.
    """
    branches = sum(len(_words_of(term)) for term in terms)
    if branches > MAX_BRANCHES or any(term.is_prefix for term in terms):
        words_ = WORDS.alias()
        some = words_.c.tenant_id == tenant, sa.or_(*(_is(words_, term) for term in terms))
        grouped = sa.select(words_.c.candidate_id.label("id"), sa.func.max(words_.c.fields).label("weight"))
        gathered = grouped.where(*some).group_by(words_.c.candidate_id).subquery()
        every = sa.select(gathered.c.id, gathered.c.weight).where(*holds_of(gathered.c.id))
        return every.order_by(gathered.c.weight.desc(), gathered.c.id.desc()).limit(limit)
    each = [_first_of(term, word, tenant, holds_of, limit) for term in terms for word in _words_of(term)]
    if len(each) == 1:
        return each[0]
    united = sa.union_all(*(sa.select(one.subquery()) for one in each)).subquery()
    best = sa.func.max(united.c.weight)
    best_first = sa.select(united.c.id, best.label("weight")).group_by(united.c.id)
    return best_first.order_by(best.desc(), united.c.id.desc()).limit(limit)


def _first_of(term: Term, word: str, tenant: Any, holds_of: Callable[[Any], list[Any]], limit: int) -> sa.Select[Any]:
    words_ = WORDS.alias()
    statement = sa.select(words_.c.candidate_id.label("id"), words_.c.fields.label("weight"))
    statement = statement.where(words_.c.tenant_id == tenant, words_.c.word == word, *_in_field(words_, term))
    statement = statement.where(*holds_of(words_.c.candidate_id))
    return statement.order_by(words_.c.fields.desc(), words_.c.candidate_id.desc()).limit(limit)


def score(node: Node, tenant: Any, candidate_id: Any) -> Any:
    """The rank of a candidate: the weights of the fields in which the words of the query stand, summed up."""
    total: Any = sa.literal(0)
    for term in dict.fromkeys(_terms(node)):
        words_ = WORDS.alias()
        weight = sa.select(sa.func.max(words_.c.fields)).where(
            words_.c.tenant_id == tenant, words_.c.candidate_id == candidate_id, _is(words_, term, of_one=True)
        )
        total = total + sa.func.coalesce(weight.scalar_subquery(), 0)
    return total


def has_phrase(node: Node) -> bool:
    """Whether words of the query must follow each other, which only a row of candidates tells."""
    return any(isinstance(leaf, Phrase) for leaf in leaves(node))


def is_plain(term: Term) -> bool:
    """Whether a term is one word, anywhere."""
    return not term.is_prefix and not term.is_lenient and term.field is None and len(spellings(term)) == 1


def _has(term: Term, tenant: Any, candidate_id: Any, by_row: bool = False) -> Any:
    words_ = WORDS.alias()
    its_own = words_.c.tenant_id == tenant, words_.c.candidate_id == candidate_id
    one = sa.select(sa.literal(1)).where(*its_own, _is(words_, term, of_one=True)).correlate_except(words_)
    return sa.exists(one.limit(1).offset(0) if by_row else one)


def _is(words_: Any, term: Term, of_one: bool = False) -> Any:
    """The condition on a row of the index that it is one of the term's words, in the term's field.

    For the words of one candidate a range is written so that no planner takes the index of all words for it.
    """
    if term.is_prefix:
        word = words_.c.word.concat("") if of_one else words_.c.word
        condition = sa.and_(word >= term.word, word < term.word + LAST)
    else:
        found = _words_of(term)
        condition = words_.c.word == found[0] if len(found) == 1 else words_.c.word.in_(found)
    return sa.and_(condition, *_in_field(words_, term))


def _in_field(words_: Any, term: Term) -> list[Any]:
    """No condition where any field will do."""
    if term.field is None:
        return []
    in_field = words_.c.fields.op("&")(int(term.field)) != 0
    return [in_field | (words_.c.fields == 0) if term.is_lenient else in_field]


def _words_of(term: Term) -> list[str]:
    """The words of the index that a term stands for, unless it is a beginning."""
    return list(dict.fromkeys([*spellings(term), *(typo_variants([term.word]) if term.is_lenient else [])]))


def spellings(term: Term) -> list[str]:
    """The word, and other names of the skill that it may be."""
    others = (
        (words(name) for name in skill_taxonomy.other_names(term.word)) if term.field in (None, Field.SKILL) else ()
    )
    return list(dict.fromkeys([term.word, *(other[0] for other in others if len(other) == 1)]))


def _of_phrase(phrase: Phrase) -> list[Term]:
    return [Term(word, phrase.field) for word in dict.fromkeys(phrase.words)]


def _in_a_row(phrase: Phrase) -> Any:
    text = C.search_text if phrase.field is None else sa.func.split_part(C.search_text, "\n", LINES[phrase.field])
    return sa.func.strpos(text, f" {' '.join(phrase.words)} ") > 0


def _terms(node: Node) -> list[Term]:
    """The words of a query that are not negated, those of phrases too."""
    found = leaves(node, negated=False)
    return [term for leaf in found for term in (_of_phrase(leaf) if isinstance(leaf, Phrase) else [leaf])]


def _all_terms(node: BooleanNode) -> bool:
    return all(isinstance(each, Term) for each in node.nodes)
