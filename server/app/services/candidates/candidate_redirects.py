"""Redirects of merged candidates: the id of a merged candidate leads to the new one."""

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
    """Return the error for an unknown id: Moved if it was merged into a visible candidate, otherwise NotFound."""
    heir = sa.select(CandidateMerge.winner_id).where(
        CandidateMerge.loser_id == candidate_id,
        CandidateMerge.undone_at.is_(None),  # at most one, although an id can be merged again after an undo
        CandidateMerge.winner_id.in_(sa.select(Candidate.id)),
    )
    winner_id = db.session.scalar(heir)
    if winner_id is None:
        return NotFound("There is no such candidate.")
    return Moved("The candidate was merged into another candidate.", old=candidate_id, merged_into=winner_id)


@contextmanager
def redirecting(candidate_id: UUID) -> Iterator[None]:
    """Raise Moved instead of NotFound in the block if the candidate was merged."""
    try:
        yield
    except NotFound as error:
        # Only now, so that ids that exist need no second statement.
        raise missing(candidate_id) from error


def get(candidate_id: UUID) -> Candidate:
    """Return the candidate; Moved if it was merged, otherwise NotFound."""
    with redirecting(candidate_id):
        return rows.get(Candidate, candidate_id)


def hold(candidate_id: UUID) -> Candidate:
    """Lock the candidate (`rows.lock_row`); Moved if it was merged, otherwise NotFound."""
    with redirecting(candidate_id):
        return rows.lock_row(Candidate, candidate_id)


def lock_for_update(candidate_id: UUID, if_match: int | None = None) -> Candidate:
    """Lock the candidate for a change (`rows.lock_for_update`); Moved if it was merged."""
    with redirecting(candidate_id):
        return rows.lock_for_update(Candidate, candidate_id, if_match)


def lock_for_delete(candidate_id: UUID) -> Candidate:
    """Lock the candidate so that no row can be added that refers to it; Moved if it was merged."""
    with redirecting(candidate_id):
        rows.lock_for_delete(Candidate, candidate_id)
        return rows.lock_for_update(Candidate, candidate_id)


def losers(candidate_id: UUID) -> list[UUID]:
    """Return the ids of the candidates that were merged into this one."""
    # One step is enough: a merge points the earlier merges into its loser at the new winner.
    merged = sa.select(CandidateMerge.loser_id).where(
        CandidateMerge.winner_id == candidate_id, CandidateMerge.undone_at.is_(None)
    )
    return list(db.session.scalars(merged))
