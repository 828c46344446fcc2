"""Assignments: the user who works with a candidate, at most one at a time, and the previous ones."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import joinedload

from app.extensions import db
from app.models import Candidate, CandidateAssignment
from app.models.candidate_assignment import AssignmentStatus
from app.models.notification import NotificationKind
from app.schemas.candidate_assignment_schema import AssignmentQuery
from app.schemas.lists import Page
from app.services.access import active_users, visibility_service
from app.services.candidates import candidate_redirects
from app.services.core import listing, rows
from app.services.core.column_writes import QueuedWrite
from app.services.core.transaction import use_case
from app.services.events import event_service
from app.services.notifications import notification_service
from app.services.notifications.notification_service import About
from app.utils import clock
from app.utils.addresses import addresses
from app.utils.errors import Conflict
from app.utils.parts import parts

ASSIGNMENTS = CandidateAssignment.__table__
ADD_ASSIGNMENT = QueuedWrite(sa.insert(ASSIGNMENTS).inline())
ACTIVE = CandidateAssignment.status == AssignmentStatus.ACTIVE
BATCH = 1000


def list_assignments(query: AssignmentQuery) -> Page[CandidateAssignment]:
    """List assignments, filtered, newest first."""
    statement = sa.select(CandidateAssignment)
    return listing.paginate(statement, CandidateAssignment, query)


@use_case
def assign(candidate_id: UUID, user_id: UUID, if_match: int | None = None) -> Candidate:
    """Assign a candidate to an active user; the previous assignment is completed.

    Conflict if the user is not active, Forbidden if the actor would lose access to the candidate.
    """
    candidate = candidate_redirects.lock_for_update(candidate_id, if_match)
    check(candidate, user_id)
    change_owner(candidate, user_id)
    event_service.record("candidate.assigned", candidate, user_id=user_id)
    _notify(candidate, user_id)
    return _with_contacts(candidate)


def _notify(candidate: Candidate, user_id: UUID) -> None:
    for user in active_users.among([user_id]):
        key, about = f"candidate_assigned:{candidate.id}:{candidate.version}", About(candidate, candidate.id)
        context = {"link": f"{addresses.app}/candidates/{candidate.id}"}
        notification_service.notify(user, NotificationKind.CANDIDATE_ASSIGNED, key, context, about)


@use_case
def unassign(candidate_id: UUID, if_match: int | None = None) -> Candidate:
    """Remove the candidate's assignment, which is cancelled; Conflict if there is none."""
    candidate = candidate_redirects.lock_for_update(candidate_id, if_match)
    if candidate.owner_id is None:
        raise Conflict("No user is assigned to the candidate.", code="not_assigned")
    check(candidate, None)
    change_owner(candidate, None)
    event_service.record("candidate.unassigned", candidate)
    return _with_contacts(candidate)


@use_case
def broadcast(candidate_id: UUID, shown: bool, if_match: int | None = None) -> Candidate:
    """Make a candidate visible to all users who can read candidates, or undo that."""
    candidate = candidate_redirects.lock_for_update(candidate_id, if_match)
    if not shown:
        visibility_service.check_owner(candidate.owner_id)  # the broadcast may be the only reason why the actor sees it
    candidate.is_broadcast = shown
    event_service.record("candidate.broadcast" if shown else "candidate.broadcast_ended", candidate)
    return _with_contacts(candidate)


def check(candidate: Candidate, owner_id: UUID | None) -> None:
    """Conflict if the user is not active; Forbidden if the actor would lose access to the candidate."""
    if owner_id is not None:
        active_users.require(owner_id, "candidates")
    if owner_id is not None or not candidate.is_broadcast:  # a broadcast candidate stays visible without an owner
        visibility_service.check_owner(owner_id)


def change_owner(candidate: Candidate, owner_id: UUID | None) -> None:
    """Set or remove the owner and update the assignments. Inside a use case."""
    if candidate.owner_id == owner_id:
        return
    # End first: a unique index allows one active assignment per candidate.
    end([candidate.id], AssignmentStatus.CANCELLED if owner_id is None else AssignmentStatus.COMPLETED)
    candidate.owner_id = owner_id
    if owner_id is not None:
        begin(candidate.id, owner_id)


def end(candidate_ids: Sequence[UUID], status: AssignmentStatus) -> None:
    """End the active assignments of these candidates. Inside a use case."""
    _end(CandidateAssignment.candidate_id.in_(candidate_ids), status)


def begin(candidate_id: UUID, user_id: UUID) -> None:
    """Start an assignment of a candidate without an active one. Inside a use case."""
    ADD_ASSIGNMENT.send(new_row(candidate_id, user_id))


def hand_over(user_id: UUID, heir_id: UUID) -> None:
    """Complete all active assignments of a user and start them for `heir_id`. Inside a use case."""
    of_user = CandidateAssignment.user_id == user_id
    # The caller changes the owners themselves. Read before `_end`, after which no assignment is active.
    held = db.session.scalars(sa.select(CandidateAssignment.candidate_id).where(of_user, ACTIVE)).all()
    _end(of_user, AssignmentStatus.COMPLETED)
    for part in parts(held, BATCH):
        db.session.execute(sa.insert(ASSIGNMENTS), [new_row(one, heir_id) for one in part])


def new_row(candidate_id: UUID, user_id: UUID) -> dict[str, object]:
    """Return the row of an assignment that starts now."""
    return rows.new_row(candidate_id=candidate_id, user_id=user_id, status=AssignmentStatus.ACTIVE, ended_at=None)


def _end(condition: Any, status: AssignmentStatus) -> None:
    ended = {"status": status, "ended_at": clock.now()}
    db.session.execute(sa.update(CandidateAssignment).where(condition, ACTIVE).values(ended))


def _with_contacts(candidate: Candidate) -> Candidate:
    return rows.get(Candidate, candidate.id, joinedload(Candidate.contacts))  # the relationship is `lazy="raise"`
