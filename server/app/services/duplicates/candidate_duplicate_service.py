"""Possible duplicates: candidates are compared within blocks found by index, never all with all."""

from __future__ import annotations

from typing import Any
from uuid import UUID

import sqlalchemy as sa

from app.extensions import db
from app.models import CandidateDuplicate
from app.models.candidate_duplicate import DuplicateStatus
from app.schemas.candidate_duplicate_schema import DuplicateQuery
from app.schemas.lists import Page
from app.services.core import listing, rows, upsert
from app.services.core.transaction import mark_deleted, use_case
from app.services.duplicates import duplicate_blocks, duplicate_scoring
from app.services.duplicates.duplicate_scoring import Suggestion
from app.services.events import event_service
from app.services.imports import candidate_import_service
from app.utils.errors import Conflict
from app.utils.parts import parts

AT_ONCE = 500
Pair = tuple[UUID, UUID]  # the smaller id first


def list_duplicates(query: DuplicateQuery) -> Page[CandidateDuplicate]:
    """Return suggested duplicates of visible candidates, filtered."""
    statement = sa.select(CandidateDuplicate)
    if query.candidate_id is not None:
        statement = statement.where(
            (CandidateDuplicate.first_id == query.candidate_id) | (CandidateDuplicate.second_id == query.candidate_id)
        )
    return listing.paginate(statement, CandidateDuplicate, query)


@use_case
def dismiss(duplicate_id: UUID) -> CandidateDuplicate:
    """Mark a pair as different people; it is not suggested again."""
    duplicate = rows.lock_row(CandidateDuplicate, duplicate_id)
    if duplicate.status != DuplicateStatus.OPEN:
        raise Conflict(
            "The suggestion has already been dismissed.",
            code="not_open",
            current_state=duplicate.status,
            allowed_actions=[],
        )
    duplicate.status = DuplicateStatus.DISMISSED
    # An event belongs to one candidate, so that only the first one's activity shows it.
    event_service.record("candidate_duplicate.dismissed", duplicate, candidate_id=duplicate.first_id)
    return duplicate


def refresh(candidate_id: UUID) -> int:
    """Compare a candidate with its block, store the suggestions, and return their number."""
    return _refresh([candidate_id])


def refresh_imported(import_id: UUID, number: int) -> int | None:
    """Find duplicates of the next candidates an import created; return the last row's number, or None at the end."""
    made = candidate_import_service.made_after(import_id, number)
    _refresh([candidate_id for _, candidate_id in made])
    return made[-1][0] if made else None


def _refresh(ids: list[UUID]) -> int:
    blocks = duplicate_blocks.blocks(ids)
    found: dict[Pair, Suggestion] = {}
    # Blocks may overlap: each of the others is read once and compared with every candidate whose block has it.
    for people in duplicate_blocks.in_parts({other for block in blocks.values() for other in block.others}):
        for candidate_id, block in blocks.items():
            for other in block.others & people.keys():
                if suggestion := duplicate_scoring.compare(block.person, people[other]):
                    found[min(candidate_id, other), max(candidate_id, other)] = suggestion
    _store(ids, found)
    return len(found)


@use_case
def _store(ids: list[UUID], found: dict[Pair, Suggestion]) -> None:
    """Replace the open suggestions of these candidates; dismissed ones remain."""
    theirs = sa.or_(CandidateDuplicate.first_id.in_(ids), CandidateDuplicate.second_id.in_(ids))
    known = db.session.execute(
        sa.select(CandidateDuplicate.id, CandidateDuplicate.first_id, CandidateDuplicate.second_id).where(
            theirs, CandidateDuplicate.status == DuplicateStatus.OPEN
        )
    )
    for part in parts([row.id for row in known if (row.first_id, row.second_id) not in found], AT_ONCE):
        db.session.execute(
            sa.delete(CandidateDuplicate).where(
                # The status again, since a user may have dismissed the pair after it was read.
                CandidateDuplicate.id.in_(part),
                CandidateDuplicate.status == DuplicateStatus.OPEN,
            )
        )
    new = [_row(pair, found[pair]) for pair in sorted(found)]  # sorted, so that concurrent runs do not deadlock
    for part in parts(new, AT_ONCE):
        insert = upsert.insert(CandidateDuplicate.__table__).values(part)
        # Without the status, so that a dismissed pair stays dismissed.
        values = {name: insert.excluded[name] for name in ("score", "reasons", "updated_at")}
        db.session.execute(
            insert.on_conflict_do_update(index_elements=["tenant_id", "first_id", "second_id"], set_=values)
        )
    mark_deleted()


def _row(pair: Pair, suggestion: Suggestion) -> dict[str, Any]:
    values = {"score": suggestion.score, "reasons": suggestion.reasons, "status": DuplicateStatus.OPEN}
    return rows.new_row(first_id=pair[0], second_id=pair[1], **values)
