"""Where a candidate went who was merged into another: old ids answer with the new one."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from uuid import UUID

import sqlalchemy as sa

from app.extensions import db
from app.models import Candidate, CandidateMerge
from app.services.core import rows
from app.utils.errors import DomainError, Moved, NotFound


def missing(candidate_id: UUID) -> DomainError:
    """The error for an id that names nobody: Moved where a candidate in sight has taken over, else NotFound."""
    heir = sa.select(CandidateMerge.winner_id).where(
        CandidateMerge.loser_id == candidate_id,
        CandidateMerge.undone_at.is_(None),
        CandidateMerge.winner_id.in_(sa.select(Candidate.id)),
    )
    winner_id = db.session.scalar(heir)
    if winner_id is None:
        return NotFound("There is no such candidate.")
    return Moved("The candidate was merged into another candidate.", old=candidate_id, merged_into=winner_id)


@contextmanager
def redirecting(candidate_id: UUID) -> Iterator[None]:
    """Around what looks for a candidate: instead of NotFound tell where the candidate went."""
    try:
        yield
    except NotFound as error:
        raise missing(candidate_id) from error


def get(candidate_id: UUID) -> Candidate:
    """The candidate; of one who was merged Moved."""
    with redirecting(candidate_id):
        return rows.get(Candidate, candidate_id)


def hold(candidate_id: UUID) -> Candidate:
    """The candidate under a lock; of one who was merged Moved."""
    with redirecting(candidate_id):
        return rows.lock_row(Candidate, candidate_id)


def lock_for_update(candidate_id: UUID, if_match: int | None = None) -> Candidate:
    """The candidate locked for a change (`rows.lock`); of one who was merged Moved."""
    with redirecting(candidate_id):
        return rows.lock_for_update(Candidate, candidate_id, if_match)


def lock_for_delete(candidate_id: UUID) -> Candidate:
    """The candidate locked so that nobody can add anything of theirs; of one who was merged Moved."""
    with redirecting(candidate_id):
        rows.lock_for_delete(Candidate, candidate_id)
        return rows.lock_for_update(Candidate, candidate_id)


def losers(candidate_id: UUID) -> list[UUID]:
    """The ids that lead to a candidate."""
    merged = sa.select(CandidateMerge.loser_id).where(
        CandidateMerge.winner_id == candidate_id, CandidateMerge.undone_at.is_(None)
    )
    return list(db.session.scalars(merged))
