"""Duplicate suggestions and merges."""

from __future__ import annotations

from uuid import UUID

from app.extensions import db
from app.models import CandidateDuplicate
from app.schemas.candidate_merge_schema import CandidateMergeCreate
from app.services.core.transaction import use_case
from app.services.duplicates import candidate_merge_service
from tests.factories.tenant import SampleTenant


def make_merge(tenant: SampleTenant, winner_id: UUID, loser_id: UUID) -> UUID:
    """Merge the loser into the winner."""
    with tenant.bound():
        body = CandidateMergeCreate(winner_id=winner_id, loser_id=loser_id)
        return candidate_merge_service.merge(body).id


def make_duplicate(tenant: SampleTenant, one: UUID, other: UUID) -> UUID:
    """Create a duplicate suggestion for any two candidates."""

    @use_case
    def add() -> UUID:
        first, second = sorted((one, other))
        duplicate = CandidateDuplicate(first_id=first, second_id=second, score=75, reasons=[])
        db.session.add(duplicate)
        db.session.flush()
        return duplicate.id

    with tenant.bound():
        return add()
