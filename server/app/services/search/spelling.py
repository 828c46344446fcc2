"""Corrections of misspelt words, from the words that the tenant's candidates have (P. Norvig, How to Write a Spelling
Corrector, 2007: all texts at a distance of one edit, the most frequent known one)."""

from __future__ import annotations

import re
from string import ascii_lowercase

import sqlalchemy as sa

from app.models import CandidateWord
from app.services.core.column_reads import read_rows
from app.utils import scope
from app.utils.text import words

SHORTEST, LONGEST = 4, 20  # of a word that is corrected
MOST_WORDS = 5
PLAIN = re.compile(r"[\w\s.+#-]+")  # a query without the operators of the search language
WORDS = CandidateWord.__table__


def corrected(q: str) -> str | None:
    """Return the query with its unknown words corrected, or None if there is nothing to correct."""
    wanted = words(q)
    if not PLAIN.fullmatch(q) or not 1 <= len(wanted) <= MOST_WORDS:
        return None
    near = {word: _edits(word) for word in wanted if SHORTEST <= len(word) <= LONGEST and word.isascii()}
    counts = _frequencies({*wanted, *(edit for edits in near.values() for edit in edits)})
    better = {
        word: max(edits & counts.keys(), key=lambda edit: (counts[edit], edit), default=word)
        for word, edits in near.items()
        if word not in counts
    }
    text = " ".join(better.get(word, word) for word in wanted)
    return text if text != " ".join(wanted) else None


def _edits(word: str) -> set[str]:
    """Return the texts that differ from the word by a letter left out, added, replaced or swapped with the next."""
    splits = [(word[:at], word[at:]) for at in range(len(word) + 1)]
    deleted = {left + right[1:] for left, right in splits if right}
    swapped = {left + right[1] + right[0] + right[2:] for left, right in splits if len(right) > 1}
    replaced = {left + letter + right[1:] for left, right in splits if right for letter in ascii_lowercase}
    added = {left + letter + right for left, right in splits for letter in ascii_lowercase}
    return (deleted | swapped | replaced | added) - {word}


def _frequencies(some: set[str]) -> dict[str, int]:
    """Return how many candidates have each of these words, of those that somebody has."""
    own = (WORDS.c.tenant_id == scope.tenant_id(), WORDS.c.word.in_(sorted(some)))
    counted = sa.select(WORDS.c.word, sa.func.count().label("bearers")).where(*own).group_by(WORDS.c.word)
    return {row["word"]: row["bearers"] for row in read_rows(counted, {})}
