"""Who works with a candidate."""

from __future__ import annotations

from uuid import UUID

from app.models.candidate_assignment import AssignmentStatus
from app.schemas.common import In, ListQuery, Out, UtcMoment


class CandidateAssign(In):
    """Who is to work with the candidate."""

    user_id: UUID


class AssignmentOut(Out):
    """An assignment; one is active, the others are history."""

    id: UUID
    candidate_id: UUID
    user_id: UUID
    status: AssignmentStatus
    created_at: UtcMoment
    ended_at: UtcMoment | None


class AssignmentQuery(ListQuery):
    """Filters of the list of assignments."""

    candidate_id: UUID | None = None
    user_id: UUID | None = None
    status: AssignmentStatus | None = None
