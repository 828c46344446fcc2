"""Candidate assignments: the user who works with a candidate."""

from uuid import UUID

from flask import Blueprint

from app.middleware.endpoint.decorator import endpoint
from app.schemas.candidate_assignment_schema import AssignmentOut, AssignmentQuery, CandidateAssign
from app.schemas.candidate_schema import CandidateOut
from app.schemas.common import IfMatch
from app.schemas.lists import Page
from app.services.candidates import candidate_assignment_service

bp = Blueprint("candidate_assignments", __name__)


@bp.get("/candidate-assignments")
@endpoint("candidates.view_own", out=Page[AssignmentOut])
def list_assignments(query: AssignmentQuery):
    """List current and past candidate assignments."""
    return candidate_assignment_service.list_assignments(query)


@bp.post("/candidates/<uuid:candidate_id>/assign")
@endpoint("candidates.assign", out=CandidateOut)
def assign(candidate_id: UUID, body: CandidateAssign, if_match: IfMatch):
    """Assign a candidate to a user.

    The previous assignment is completed.
    """
    return candidate_assignment_service.assign(candidate_id, body.user_id, if_match)


@bp.post("/candidates/<uuid:candidate_id>/unassign")
@endpoint("candidates.assign", out=CandidateOut)
def unassign(candidate_id: UUID, if_match: IfMatch):
    """Unassign a candidate.

    The assignment is cancelled.
    """
    return candidate_assignment_service.unassign(candidate_id, if_match)


@bp.put("/candidates/<uuid:candidate_id>/broadcast")
@endpoint("candidates.broadcast", out=CandidateOut)
def broadcast(candidate_id: UUID, if_match: IfMatch):
    """Make a candidate visible to all users who can view candidates."""
    return candidate_assignment_service.broadcast(candidate_id, True, if_match)


@bp.delete("/candidates/<uuid:candidate_id>/broadcast")
@endpoint("candidates.broadcast", out=CandidateOut)
def end_broadcast(candidate_id: UUID, if_match: IfMatch):
    """Make a candidate visible only to users who can see the owner's candidates."""
    return candidate_assignment_service.broadcast(candidate_id, False, if_match)
