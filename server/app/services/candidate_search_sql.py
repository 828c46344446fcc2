"""From the tree of a query to conditions over the index of words: the same SQL on every database.

Each condition is equality or a range on (tenant, word), so that row security may use the index (decision 0001).
"""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa

from app.models import Candidate, CandidateWord
from app.services import skill_taxonomy
from app.services.candidate_search_index import slips
from app.services.search_query import NOTHING, Field, Node, Not, Phrase, Several, Term, leaves
from app.utils.text import words

WORDS = CandidateWord.__table__
C = Candidate.__table__.c
LINES = {Field.NAME: 1, Field.TITLE: 2, Field.SKILL: 3, Field.LOCATION: 4, Field.TEXT: 5}
LAST = "\U0010ffff"


def holds(node: Node, tenant: Any) -> Any:
    """The condition on a row of candidates that the query is true of it."""
    if isinstance(node, Not):
        return sa.not_(holds(node.node, tenant))
    if node == NOTHING:
        return sa.false()
    if isinstance(node, Several):
        parts = [holds(each, tenant) for each in node.nodes]
        return sa.or_(*parts) if node.is_or else sa.and_(*parts)
    if isinstance(node, Phrase):
        return sa.and_(*(_has(term, tenant) for term in _of_phrase(node)), _in_a_row(node))
    return _has(node, tenant)


def cover(node: Node) -> list[Term] | None:
    """Terms of which every candidate that the query is true of has one; None where there are no such terms."""
    if isinstance(node, Not) or node == NOTHING:
        return None
    if isinstance(node, Phrase):
        return [max(_of_phrase(node), key=lambda term: len(term.word))]
    if isinstance(node, Term):
        return [node]
    covers = [cover(each) for each in node.nodes]
    if node.is_or:
        return None if None in covers else [term for each in covers if each for term in each]
    return min((each for each in covers if each), key=_breadth, default=None)


def found_by(terms: list[Term], tenant: Any) -> Any:
    """A select of the ids of candidates who have one of the terms, with the weight of it."""
    words_ = WORDS.alias()
    condition = sa.or_(*(_is(words_, term) for term in terms))
    statement = sa.select(words_.c.candidate_id.label("id"), words_.c.fields.label("weight"))
    statement = statement.where(words_.c.tenant_id == tenant, condition)
    if len(terms) == 1 and not terms[0].is_prefix and not terms[0].is_lenient and len(spellings(terms[0])) == 1:
        return statement
    grouped = statement.with_only_columns(
        words_.c.candidate_id.label("id"), sa.func.max(words_.c.fields).label("weight")
    )
    return grouped.group_by(words_.c.candidate_id)


def score(node: Node, tenant: Any, candidate_id: Any) -> Any:
    """The rank of a candidate: the weights of the fields in which the words of the query stand, summed up."""
    total: Any = sa.literal(0)
    terms = [
        t for leaf in leaves(node, negated=False) for t in (_of_phrase(leaf) if isinstance(leaf, Phrase) else [leaf])
    ]
    for term in dict.fromkeys(terms):
        words_ = WORDS.alias()
        weight = sa.select(sa.func.max(words_.c.fields)).where(
            words_.c.tenant_id == tenant, words_.c.candidate_id == candidate_id, _is(words_, term, of_one=True)
        )
        total = total + sa.func.coalesce(weight.scalar_subquery(), 0)
    return total


def is_plain(term: Term) -> bool:
    """Whether a term is one word, anywhere."""
    return not term.is_prefix and not term.is_lenient and term.field is None and len(spellings(term)) == 1


def _has(term: Term, tenant: Any) -> Any:
    words_ = WORDS.alias()
    return sa.exists().where(
        words_.c.tenant_id == tenant, words_.c.candidate_id == C.id, _is(words_, term, of_one=True)
    )


def _is(words_: Any, term: Term, of_one: bool = False) -> Any:
    """The condition on a row of the index that it is one of the term's words, in the term's field.

    For the words of one candidate a range is written so that no planner takes the index of all words for it.
    """
    if term.is_prefix:
        word = words_.c.word.concat("") if of_one else words_.c.word
        condition = sa.and_(word >= term.word, word < term.word + LAST)
    else:
        found = list(dict.fromkeys([*spellings(term), *(slips([term.word]) if term.is_lenient else [])]))
        condition = words_.c.word == found[0] if len(found) == 1 else words_.c.word.in_(found)
    if term.field is None:
        return condition
    in_field = words_.c.fields.op("&")(int(term.field)) != 0
    return sa.and_(condition, in_field | (words_.c.fields == 0) if term.is_lenient else in_field)


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


def _breadth(terms: list[Term]) -> tuple[int, int]:
    """How many candidates a cover may have: fewer and longer words first, beginnings last."""
    return (
        sum(10 if term.is_prefix or term.is_lenient else 1 for term in terms),
        -min(len(term.word) for term in terms),
    )
