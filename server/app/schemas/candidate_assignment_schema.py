"""Candidate assignments."""

from __future__ import annotations

from uuid import UUID

from app.models.candidate_assignment import AssignmentStatus
from app.schemas.common import In, Out, UtcMoment
from app.schemas.lists import AnyOf, Ids, ListQuery


class CandidateAssign(In):
    """The user to assign the candidate to."""

    user_id: UUID


class AssignmentOut(Out):
    """An assignment. At most one per candidate is active; the others are history."""

    id: UUID
    candidate_id: UUID
    user_id: UUID
    status: AssignmentStatus
    created_at: UtcMoment
    ended_at: UtcMoment | None


class AssignmentQuery(ListQuery):
    """Filters for listing assignments."""

    candidate_id: Ids | None = None
    user_id: Ids | None = None
    status: AnyOf[AssignmentStatus] | None = None
