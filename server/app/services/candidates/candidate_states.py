"""States of many candidates, read and set in bulk.

A state is one value per candidate: the status, the owner, or membership in a tag or talent pool.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID

import sqlalchemy as sa

from app.extensions import db
from app.models import Candidate, CandidateTagging, TalentPoolMember
from app.models.candidate import CandidateStatus
from app.models.candidate_assignment import AssignmentStatus
from app.services.candidates import candidate_assignment_service
from app.services.core import rows
from app.services.core.transaction import mark_deleted
from app.services.events import event_service, outbox_service
from app.utils import clock

States = Mapping[UUID, Any]


@dataclass(frozen=True, slots=True)
class State:
    """How a state is read and set; `event_of` returns the event's type and data for a value."""

    read: Callable[[list[Candidate]], States]
    set: Callable[[States], None]
    event_of: Callable[[Any], tuple[str, dict[str, Any]]]


def change(state: State, candidates: list[Candidate], wanted: States) -> None:
    """Set the wanted values and record events; the candidates must be locked. Inside a use case."""
    if not wanted:
        return
    state.set(wanted)
    for candidate in candidates:
        if candidate.id in wanted:
            name, data = state.event_of(wanted[candidate.id])
            event_service.record(name, candidate, **data)
    mark_deleted()  # the session's copies of these rows are out of date


def status() -> State:
    """The status: active or archived."""

    def put(wanted: States) -> None:
        for value in set(wanted.values()):  # an undo may restore different values
            _update([key for key, each in wanted.items() if each == value], status=CandidateStatus(value))
        for candidate_id in wanted:  # matches depend on the status, but not on owners, tags and pools
            outbox_service.enqueue("candidate/changed", candidate_id=candidate_id)

    return State(
        lambda candidates: {each.id: each.status.value for each in candidates},
        put,
        lambda value: ("candidate.updated", {"changed": ["status"], "status": value}),
    )


def owner() -> State:
    """The id of the owner as text, or None."""

    def put(wanted: States) -> None:
        for value in set(wanted.values()):
            ids = [key for key, each in wanted.items() if each == value]
            ended = AssignmentStatus.COMPLETED if value else AssignmentStatus.CANCELLED
            # End first: a unique index allows one active assignment per candidate.
            candidate_assignment_service.end(ids, ended)
            _update(ids, owner_id=UUID(value) if value else None)
            for candidate_id in ids if value else []:
                candidate_assignment_service.begin(candidate_id, UUID(value))

    return State(
        lambda candidates: {each.id: str(each.owner_id) if each.owner_id else None for each in candidates},
        put,
        lambda value: ("candidate.assigned", {"user_id": value}) if value else ("candidate.unassigned", {}),
    )


def tag(tag_id: UUID) -> State:
    """Whether the candidate has the tag."""
    return _member(CandidateTagging, "tag_id", tag_id, ("candidate.tagged", "candidate.untagged"))


def pool(pool_id: UUID) -> State:
    """Whether the candidate is in the talent pool."""
    return _member(TalentPoolMember, "pool_id", pool_id, ("candidate.pooled", "candidate.unpooled"))


def _member(model: Any, column: str, target: UUID, names: tuple[str, str]) -> State:
    def read(candidates: list[Candidate]) -> States:
        ids = [each.id for each in candidates]
        of_these = sa.and_(getattr(model, column) == target, model.candidate_id.in_(ids))
        have = set(db.session.scalars(sa.select(model.candidate_id).where(of_these)))
        return {each: each in have for each in ids}

    def put(wanted: States) -> None:
        added = [rows.new_row(candidate_id=each, **{column: target}) for each, value in wanted.items() if value]
        removed = [each for each, value in wanted.items() if not value]
        if added:
            # ON CONFLICT is not needed: whoever adds a tag or a pool locks the candidate first.
            db.session.execute(sa.insert(model.__table__), added)
        if removed:
            of_these = sa.and_(getattr(model, column) == target, model.candidate_id.in_(removed))
            db.session.execute(sa.delete(model).where(of_these))

    return State(read, put, lambda value: (names[0] if value else names[1], {column: target}))


def _update(ids: list[UUID], **values: Any) -> None:
    more = {"version": Candidate.version + 1, "updated_at": clock.now(), **values}  # so that a stale If-Match fails
    db.session.execute(sa.update(Candidate).where(Candidate.id.in_(ids)).values(more))
