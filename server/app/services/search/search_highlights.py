"""Search highlights: marks and snippets, with offsets in characters of the original text."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

from app.schemas.candidate_search_schema import Highlight, HighlightField, Mark, Snippet
from app.services.search.candidate_search_index import typo_variants
from app.services.search.search_query import Field, Node, Phrase, Term, leaves
from app.utils.text import WORD, fold, transliterate, without_contacts

WIDTH = 240  # characters of a snippet
LEAD = 60  # characters before its first mark
MAX_MARKS = 20
PROFILE: tuple[tuple[HighlightField, Field], ...] = (
    ("name", Field.NAME),
    ("headline", Field.TITLE),
    ("location", Field.LOCATION),
)
Matcher = Callable[[str, Field], bool]


def matcher(node: Node | None, spellings: Callable[[Term], list[str]]) -> Matcher:
    """Return a function that says whether a folded word of a field matches the query."""
    exact: set[tuple[str, Field | None]] = set()
    starts: set[tuple[str, Field | None]] = set()
    lenient: set[str] = set()
    for leaf in leaves(node, negated=False) if node is not None else ():
        if isinstance(leaf, Phrase):
            exact |= {(word, leaf.field) for word in leaf.words}  # marked also where they are not adjacent
            continue
        (starts if leaf.is_prefix else exact).update((word, leaf.field) for word in spellings(leaf))
        if leaf.is_lenient:
            lenient |= set(typo_variants([leaf.word]))

    def matches(word: str, field: Field) -> bool:
        if (word, None) in exact or (word, field) in exact:
            return True
        if any(word.startswith(start) and of in (None, field) for start, of in starts):
            return True
        # Words that differ by one letter share a variant.
        return field is Field.NAME and bool(lenient) and not lenient.isdisjoint(typo_variants([word]))

    return matches


def of_profile(row: Any, matches: Matcher) -> list[Highlight]:
    """Return the fields of a profile that contain search words, with marks."""
    texts: list[tuple[HighlightField, Field, str]] = [(name, field, row[name]) for name, field in PROFILE if row[name]]
    texts += [("skill", Field.SKILL, skill) for skill in row["skills"]]
    found = [(name, text, list(_marks(text, field, matches))) for name, field, text in texts]
    return [Highlight.model_construct(field=name, text=text, marks=marks) for name, text, marks in found if marks]


def of_resume(text: str | None, matches: Matcher) -> Snippet | None:
    """Return the part of a resume with the most marks, or None if there are none."""
    marks = list(_marks(text, Field.TEXT, matches)) if text else []
    if not text or not marks:
        return None
    best = max(range(len(marks)), key=lambda at: (_within(marks, at), -at))  # the first of several
    start = _start_of_word(text, max(0, marks[best].start - LEAD))
    end = _end_of_word(text, min(len(text), start + WIDTH))
    inside = [mark for mark in marks if start <= mark.start and mark.end <= end][:MAX_MARKS]
    shifted = [Mark.model_construct(start=mark.start - start, end=mark.end - start) for mark in inside]
    return Snippet.model_construct(text=text[start:end], start=start, marks=shifted)


def _marks(text: str, field: Field, matches: Matcher) -> Iterator[Mark]:
    shown = without_contacts(text) if field is Field.TEXT else text  # has the same length, so offsets stay valid
    # Each word is folded by itself: folding the text could change its length (ß is ss), and thus the offsets.
    for found in WORD.finditer(shown):
        if matches(fold(transliterate(found.group())), field):
            yield Mark.model_construct(start=found.start(), end=found.end())


def _within(marks: list[Mark], at: int) -> int:
    """Return the number of marks in a snippet that begins with this mark."""
    # Bounded, so that a long text in which every other word is marked does not take quadratic time.
    return sum(1 for mark in marks[at : at + MAX_MARKS] if mark.end <= marks[at].start - LEAD + WIDTH)


def _start_of_word(text: str, at: int) -> int:
    while 0 < at < len(text) and text[at - 1].isalnum() and text[at].isalnum():
        at -= 1
    return at


def _end_of_word(text: str, at: int) -> int:
    while at < len(text) and text[at - 1].isalnum() and text[at].isalnum():
        at += 1
    return at
