"""The search text of a candidate: folded words, one line per field, which database triggers write to the index.

Lines, in this order: name, title, skills, location, resume, and a line of tokens that no query can contain: typo
variants of the name (`~`) and field tokens of custom field values (`@`).
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable, Mapping, Sequence
from decimal import Decimal
from typing import Any
from uuid import UUID

import sqlalchemy as sa

from app.extensions import db
from app.models import Candidate, CandidateResume
from app.services.core.transaction import use_case
from app.services.search import skill_taxonomy
from app.services.search.search_query import MAX_WORD_LENGTH
from app.utils.text import fold, without_contacts, words

NAMES = ("name", "given_name", "family_name", "preferred_name")
OTHERS = ("headline", "location", "skills", "custom_fields")
MAX_TEXT = 50_000  # characters of a resume
MAX_WORDS = 800  # of a resume; each is a row of the index
BREAK = " | "  # phrases do not match across it
LENIENT_FROM = 4  # letters; variants of shorter words would match most short names
BATCH = 200  # candidates, which stay locked until the batch is committed
DECIMAL = re.compile(r"-?[0-9]{1,20}(\.[0-9]{1,20})?")


def text_of(candidate: Any, resume_text: str = "") -> str:
    """Return the search text of a candidate with the text of the primary resume."""
    return text_of_row({name: getattr(candidate, name) for name in (*NAMES, *OTHERS)}, resume_text)


def text_of_row(row: Mapping[str, Any], resume_text: str = "") -> str:
    """Return the search text of a candidate given as a mapping of columns."""
    names = [row[name] for name in NAMES]
    name = BREAK.join(" ".join(words(part)) for part in dict.fromkeys(names) if part)
    # With the other names of each skill: a query is expanded to names of one word only (`spellings`), so that
    # `machine learning` finds the skill ML only through the index.
    skills = dict.fromkeys(
        found
        for skill in row["skills"]
        for other in (skill, *skill_taxonomy.other_names(skill))
        for found in _split(other)
    )
    headline, location = (" ".join(words(part or "")) for part in (row["headline"], row["location"]))
    # The order is fixed: the triggers derive the weight of a word from the number of its line (16, 8, 4, 2, 1, 0).
    lines = [name, headline, BREAK.join(skills), location, _resume(resume_text)]
    tokens = [
        *typo_variants(words(name)),
        *(one for key, value in row["custom_fields"].items() for one in field_tokens(key, value)),
    ]
    # A space at both ends of a line, so that a phrase can be found as whole words.
    return "\n".join(f" {_short(line)} " if line else "" for line in [*lines, " ".join(dict.fromkeys(tokens))])


def typo_variants(names: Iterable[str]) -> list[str]:
    """Return tokens that two words share if they differ by one letter: each word, and the word without each letter.

    The deletion neighbourhood of T. Bocek, E. Hunt, B. Stiller, Fast Similarity Search in Large Dictionaries (2007).
    """
    found: dict[str, None] = {}
    for word in names:
        if len(word) >= LENIENT_FROM and word[:1].isalpha():
            found |= dict.fromkeys([f"~{word}", *(f"~{word[:at]}{word[at + 1:]}" for at in range(len(word)))])
    return [each[:MAX_WORD_LENGTH] for each in found]  # `~` may make it longer than the column


def field_tokens(key: str, value: Any) -> list[str]:
    """Return the field tokens of a custom field's value: one per item of a list."""
    return [field_token(key, each) for each in value] if isinstance(value, list) else [field_token(key, value)]


def field_token(key: str, value: Any) -> str:
    """Return the field token of a value: a digest, so that its length does not depend on the value."""
    # Booleans as a filter spells them: "true".
    text = str(value).lower() if isinstance(value, bool) else fold(str(value)).strip()
    if DECIMAL.fullmatch(text):
        text = f"{Decimal(text).normalize():f}"  # 7 and 7.0 are the same number
    return f"@{key}={hashlib.sha256(text.encode()).hexdigest()[:16]}"


@use_case
def rebuild_after(after: str | None) -> str | None:
    """Rebuild the search text of the tenant's next batch of candidates; return the last id, or None at the end."""
    # Locked, because the text is computed from values that must not change before it is written.
    statement = sa.select(Candidate).order_by(Candidate.id).limit(BATCH).with_for_update()
    if after is not None:
        statement = statement.where(Candidate.id > UUID(after))
    candidates: Sequence[Candidate] = db.session.scalars(statement).all()
    texts = sa.select(CandidateResume.candidate_id, CandidateResume.text).where(
        CandidateResume.candidate_id.in_([each.id for each in candidates]), CandidateResume.is_primary
    )
    text_by_id = {candidate_id: text for candidate_id, text in db.session.execute(texts)}
    for candidate in candidates:
        found = text_of(candidate, text_by_id.get(candidate.id) or "")
        values = {"search_text": found, "updated_at": Candidate.updated_at}  # not an edit
        db.session.execute(sa.update(Candidate).where(Candidate.id == candidate.id).values(values))
    return str(candidates[-1].id) if candidates else None


def _split(skill: str) -> list[str]:
    """Return a skill as words, followed by the parts of words with a dot (`node.js`)."""
    found = words(skill)
    parts = [part for word in found if "." in word for part in word.split(".") if part]
    return [each for each in (" ".join(found), *parts) if each]


def _resume(text: str) -> str:
    """Return the words of the resume in order, up to MAX_WORDS different ones, without contact points."""
    found = words(without_contacts(text[:MAX_TEXT]))
    known: set[str] = set()
    for at, word in enumerate(found):
        known.add(word)
        if len(known) > MAX_WORDS:
            return " ".join(found[:at])
    return " ".join(found)


def _short(line: str) -> str:
    # Most lines are too short to contain a word that is too long.
    return line if len(line) <= MAX_WORD_LENGTH else " ".join(word[:MAX_WORD_LENGTH] for word in line.split(" "))
