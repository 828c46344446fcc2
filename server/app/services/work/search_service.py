"""One search over candidates, applications, jobs and users: by beginnings of words, else by slips."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import sqlalchemy as sa

from app.extensions import db
from app.models import Application, Job, Role, User
from app.schemas.application_schema import ApplicationOut
from app.schemas.candidate_schema import CandidateItem
from app.schemas.candidate_search_schema import CandidateSearchQuery
from app.schemas.expanded_schema import JobRef
from app.schemas.search_schema import FoundUser, SearchOut, SearchPart, SearchQuery
from app.services.access import rights
from app.services.applications import application_lists
from app.services.candidates import candidate_search_service
from app.services.search.candidate_search_index import typo_variants
from app.services.search.search_query import MIN_PREFIX
from app.utils.text import words

SHOWN = 5
COMPARED = 2000  # names and titles that are compared, the newest


def search(query: SearchQuery) -> SearchOut:
    """Return up to five visible rows of each kind that the actor may list."""
    wanted = words(query.q)
    candidates = _candidates(wanted) if not rights.lacks("candidates.view_own") else None
    return SearchOut.model_construct(
        candidates=candidates,
        applications=_applications(candidates) if not rights.lacks("applications.read") else None,
        jobs=_named(wanted, Job.title, _jobs(), JobRef) if not rights.lacks("jobs.read") else None,
        users=_named(wanted, User.name, _users(), FoundUser) if not rights.lacks("users.read") else None,
    )


def _candidates(wanted: Sequence[str]) -> SearchPart[Any]:
    if not wanted:
        return SearchPart.model_construct(data=[], is_lenient=False)
    # While somebody types, the last word may be too short for a prefix.
    typed = [word for word in wanted if len(word) >= MIN_PREFIX] or list(wanted)
    # The last word is the one that is being typed: its beginning first, then those of all words, then whole words,
    # which alone tolerate a wrong letter.
    tries = ([*typed[:-1], _beginning(typed[-1])], [_beginning(word) for word in typed], wanted)
    for number, terms in enumerate(tries):
        if number and terms == tries[number - 1]:
            continue
        found = candidate_search_service.search(CandidateSearchQuery(q=" ".join(terms), limit=SHOWN))
        if found.data and (not found.is_lenient or terms is wanted):
            break
    data = [CandidateItem.model_validate(each) for each in found.data]
    return SearchPart.model_construct(data=data, is_lenient=found.is_lenient)


def _beginning(word: str) -> str:
    return word if len(word) < MIN_PREFIX else f"{word}*"


def _applications(candidates: SearchPart[Any] | None) -> SearchPart[Any]:
    """Return the latest applications of the candidates that were found."""
    ids = [each.id for each in candidates.data] if candidates else []
    latest = sa.select(*application_lists.LISTED).where(Application.candidate_id.in_(ids))
    rows = db.session.execute(latest.order_by(Application.id.desc()).limit(SHOWN)).all() if ids else []
    data = [ApplicationOut.model_validate(row) for row in rows]
    return SearchPart.model_construct(data=data, is_lenient=bool(candidates and candidates.is_lenient))


def _jobs() -> Any:
    return sa.select(Job.id, Job.title, Job.status, Job.owner_id).order_by(Job.id.desc())


def _users() -> Any:
    joined = sa.and_(Role.tenant_id == User.tenant_id, Role.id == User.role_id)
    columns = (User.id, User.name, User.title, Role.name.label("role"))
    return sa.select(*columns).join(Role, joined).order_by(User.id.desc())


def _named(wanted: Sequence[str], column: Any, statement: Any, schema: Any) -> SearchPart[Any]:
    """Return the rows whose text has words that begin with all of these, or else words that differ by a letter.

    Compared here, in plain letters, as candidates are: the databases fold letters differently.
    """
    rows = db.session.execute(statement.limit(COMPARED)).all() if wanted else []
    texts = [(row, words(getattr(row, column.key))) for row in rows]
    exact = [row for row, own in texts if all(any(each.startswith(word) for each in own) for word in wanted)]
    sought = [set(typo_variants([word])) | {word} for word in wanted]
    found = exact or [row for row, own in texts if _is_near(sought, own)]
    data = [schema.model_validate(row) for row in found[:SHOWN]]
    return SearchPart.model_construct(data=data, is_lenient=bool(found) and not exact)


def _is_near(sought: Sequence[set[str]], of_row: Sequence[str]) -> bool:
    """Return whether each sought word shares a variant with a word of the row: they differ by at most one letter."""
    variants = [set(typo_variants([word])) | {word} for word in of_row]
    return all(any(not own.isdisjoint(each) for each in variants) for own in sought)
