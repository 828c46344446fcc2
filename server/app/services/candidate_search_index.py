"""What search knows of a candidate: folded words, a line per field, which database triggers spread into the index.

Lines, in this order: name, title, skills, location, resume; and one of marks that no query can spell: the name with
slips (`~`), and the values of the tenant's own fields (`@`).
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any
from uuid import UUID

import sqlalchemy as sa

from app.extensions import db
from app.models import Candidate, CandidateResume
from app.services import skill_taxonomy
from app.services.search_query import MAX_WORD_LENGTH
from app.services.transaction import use_case
from app.utils.text import skill_key, without_contacts, words

MAX_TEXT = 50_000
MAX_WORDS = 800
BREAK = " | "  # no phrase reaches across
LENIENT_FROM = 4
BATCH = 200


def text_of(candidate: Any, resume_text: str = "") -> str:
    """The lines of a candidate, with the text of the primary resume."""
    names = (candidate.name, candidate.given_name, candidate.family_name, candidate.preferred_name)
    name = BREAK.join(" ".join(words(part)) for part in dict.fromkeys(names) if part)
    skills = dict.fromkeys(
        found
        for skill in candidate.skills
        for other in (skill, *skill_taxonomy.other_names(skill))
        for found in _split(other)
    )
    lines = [name, *(" ".join(words(part or "")) for part in (candidate.headline,)), BREAK.join(skills)]
    lines += [" ".join(words(candidate.location or "")), _resume(resume_text)]
    marks = [*slips(words(name)), *(mark(key, value) for key, value in candidate.custom_fields.items())]
    return "\n".join(f" {_short(line)} " if line else "" for line in [*lines, " ".join(dict.fromkeys(marks))])


def slips(names: Iterable[str]) -> list[str]:
    """Marks that two words share where they are a letter apart: each word, and without each of its letters.

    The deletion neighbourhood of T. Bocek, E. Hunt, B. Stiller, Fast Similarity Search in Large Dictionaries (2007).
    """
    found = {}
    for word in names:
        if len(word) >= LENIENT_FROM and word[:1].isalpha():
            found |= dict.fromkeys([f"~{word}", *(f"~{word[:at]}{word[at + 1:]}" for at in range(len(word)))])
    return [each[:MAX_WORD_LENGTH] for each in found]


def mark(key: str, value: Any) -> str:
    """The mark of a value of one of the tenant's own fields."""
    text = "+".join(sorted(map(str, value))) if isinstance(value, list) else str(value)
    return f"@{key}={skill_key(text)}"[:MAX_WORD_LENGTH]


@use_case
def rebuild_after(after: str | None) -> str | None:
    """Derive the next batch of the bound tenant's candidates anew; the last one's id, None where none is left."""
    statement = sa.select(Candidate).order_by(Candidate.id).limit(BATCH).with_for_update()
    if after is not None:
        statement = statement.where(Candidate.id > UUID(after))
    candidates: Sequence[Candidate] = db.session.scalars(statement).all()
    texts = sa.select(CandidateResume.candidate_id, CandidateResume.text).where(
        CandidateResume.candidate_id.in_([each.id for each in candidates]), CandidateResume.is_primary
    )
    text_by_id = {candidate_id: text for candidate_id, text in db.session.execute(texts)}
    for candidate in candidates:
        candidate.search_text = text_of(candidate, text_by_id.get(candidate.id) or "")
    return str(candidates[-1].id) if candidates else None


def _split(skill: str) -> list[str]:
    """A skill as words, and where one has a point (`node.js`) its parts besides."""
    found = words(skill)
    parts = [part for word in found if "." in word for part in word.split(".") if part]
    return [each for each in (" ".join(found), *parts) if each]


def _resume(text: str) -> str:
    """The words of the resume in their order, as far as so many different ones reach; without contact points."""
    found = words(without_contacts(text[:MAX_TEXT]))
    known: set[str] = set()
    for at, word in enumerate(found):
        known.add(word)
        if len(known) > MAX_WORDS:
            return " ".join(found[:at])
    return " ".join(found)


def _short(line: str) -> str:
    return line if len(line) <= MAX_WORD_LENGTH else " ".join(word[:MAX_WORD_LENGTH] for word in line.split(" "))
