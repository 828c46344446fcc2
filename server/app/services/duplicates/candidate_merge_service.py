"""Merges of two candidates who are the same person: previewed, and reversible for 30 days."""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import undefer

from app.extensions import db
from app.models import Application, Candidate, CandidateAssignment, CandidateDuplicate, CandidateMerge
from app.models.application import LIVE
from app.models.candidate_assignment import AssignmentStatus
from app.models.candidate_duplicate import DuplicateStatus
from app.models.permission import COMPENSATION
from app.schemas.candidate_merge_schema import (
    CandidateMergeCreate,
    CandidateMergeOut,
    CandidateMergeQuery,
    CandidateMergeUndo,
)
from app.schemas.lists import Page
from app.services.access import active_users, rights
from app.services.candidates import candidate_assignment_service, candidate_fields, candidate_service
from app.services.core import listing, rows, upsert
from app.services.core.transaction import mark_deleted, use_case
from app.services.duplicates import candidate_merge_fields, candidate_merge_rows
from app.services.duplicates.candidate_merge_fields import Merged
from app.services.events import event_service, quota
from app.services.resumes import candidate_resume_service
from app.utils import clock, scope
from app.utils.errors import Conflict, NotFound

REVERSIBLE = timedelta(days=30)  # then the snapshot, which contains personal data, is deleted


def list_merges(query: CandidateMergeQuery) -> Page[CandidateMerge]:
    """Return merges into visible candidates, filtered."""
    statement = sa.select(CandidateMerge).where(CandidateMerge.winner_id.in_(sa.select(Candidate.id)))
    return listing.paginate(statement, CandidateMerge, query)


@use_case
def merge(new: CandidateMergeCreate) -> CandidateMergeOut:
    """Move everything of the loser to the winner; a dry run only returns the result."""
    if "expected_pay" in new.choices:
        rights.require_for_field("expected_pay", COMPENSATION)
    winner, loser = _lock_both(new.winner_id, new.loser_id)
    _check_applications(winner.id, loser.id)
    before = {each.id: candidate_merge_rows.row_of(each.id) for each in (winner, loser)}
    fields = candidate_merge_fields.merge(before[winner.id], before[loser.id], new.choices)
    visible_fields = _visible_fields(fields, before[winner.id], before[loser.id])
    if new.dry_run:
        moved = {t.name: n for t in candidate_merge_rows.children() if (n := candidate_merge_rows.count(t, loser.id))}
        return CandidateMergeOut(id=None, winner_id=winner.id, loser_id=loser.id, fields=visible_fields, moved=moved)
    kept = candidate_merge_rows.snapshot(before[winner.id], before[loser.id])
    kept["followers"] = _lead_on(loser.id, winner.id)
    kept["dismissed"] = _dismissed(loser.id)
    moved = _carry_out(winner, loser, fields)
    merged = CandidateMerge(winner_id=winner.id, loser_id=loser.id, merged_by_id=scope.user_id(), snapshot=kept)
    merged.winner_version = winner.version  # an undo compares it, to notice later changes of the winner
    db.session.add(merged)
    quota.release("candidates")
    db.session.flush()  # the event needs the id
    event_service.record("candidate.merged", winner, loser_id=loser.id, merge_id=merged.id)
    event_service.record("candidate.merged_away", loser, winner_id=winner.id)
    candidate_service.profile_changed(winner)
    db.session.flush()
    return CandidateMergeOut(
        id=merged.id,
        winner_id=winner.id,
        loser_id=loser.id,
        fields=visible_fields,
        moved=moved,
        created_at=merged.created_at,
    )


@use_case
def undo(merge_id: UUID, request: CandidateMergeUndo) -> CandidateMerge:
    """Restore both candidates; rows added to the winner since the merge stay there."""
    merged = _lock_merge(merge_id)
    winner = rows.lock_row(Candidate, merged.winner_id)
    _check_order(merged)  # only now: under the winner's lock, no other merge into it can begin
    if winner.version != merged.winner_version and not request.discard_changes:
        raise Conflict(
            "The candidate has changed since the merge. Set discard_changes to discard these changes.",
            code="changed_since",
        )
    kept = merged.snapshot
    assert kept is not None  # checked by `_lock_merge`
    version = winner.version + 1  # not the old one: a stale If-Match must not match again
    db.session.expire(winner)  # its row is now written past the ORM
    # The loser first: the rows that go back to it refer to its row.
    candidate_merge_rows.restore(kept["loser"], **_owner(kept["loser"]))
    candidate_merge_rows.restore(kept["winner"], **_owner(kept["winner"]), version=version, updated_at=clock.now())
    candidate_merge_rows.give_back(kept, merged.winner_id)
    followers = [UUID(each) for each in kept["followers"]]
    db.session.execute(
        sa.update(CandidateMerge).where(CandidateMerge.id.in_(followers)).values(winner_id=merged.loser_id)
    )
    merged.undone_at, merged.snapshot = clock.now(), None
    quota.consume("candidates")
    loser = rows.get(Candidate, merged.loser_id)
    _settle_assignments(kept)
    event_service.record("candidate.unmerged", winner, loser_id=merged.loser_id, merge_id=merged.id)
    event_service.record("candidate.unmerged", loser, winner_id=merged.winner_id)
    _dismiss_again(kept["dismissed"])
    for each in (rows.get(Candidate, merged.winner_id), loser):
        candidate_resume_service.settle_primary(each.id)
        candidate_service.profile_changed(each)  # rows may have been added since
    mark_deleted()  # loaded rows are out of date
    db.session.flush()
    return merged


@use_case
def forget_snapshots() -> int:
    """Delete the snapshots of all tenants that are too old to undo, and return their number."""
    old = sa.and_(CandidateMerge.snapshot.is_not(None), CandidateMerge.created_at < clock.now() - REVERSIBLE)
    result: Any = db.session.execute(sa.update(CandidateMerge).where(old).values(snapshot=None))
    return int(result.rowcount)


def _owner(line: dict[str, Any]) -> dict[str, Any]:
    """Return the override that clears an owner who was deleted or suspended since."""
    if line["owner_id"] is None or active_users.among([UUID(line["owner_id"])]):
        return {}
    return {"owner_id": None}


def _dismissed(candidate_id: UUID) -> list[dict[str, Any]]:
    """Return the dismissed pairs of a candidate, which are deleted with its row."""
    pairs = sa.select(CandidateDuplicate).where(
        (CandidateDuplicate.first_id == candidate_id) | (CandidateDuplicate.second_id == candidate_id)
    )
    found = db.session.scalars(pairs.where(CandidateDuplicate.status == DuplicateStatus.DISMISSED))
    return [
        {"first_id": str(it.first_id), "second_id": str(it.second_id), "score": it.score, "reasons": it.reasons}
        for it in found
    ]


def _dismiss_again(pairs: list[dict[str, Any]]) -> None:
    for pair in pairs:
        ids = {name: UUID(pair[name]) for name in ("first_id", "second_id")}
        there = db.session.scalar(
            sa.select(sa.func.count()).select_from(Candidate).where(Candidate.id.in_(ids.values()))
        )
        if there == 2:  # the other one may be deleted by now
            row = rows.new_row(**ids, score=pair["score"], reasons=pair["reasons"], status=DuplicateStatus.DISMISSED)
            db.session.execute(upsert.insert(CandidateDuplicate.__table__).values(row).on_conflict_do_nothing())


def _lead_on(loser_id: UUID, winner_id: UUID) -> list[str]:
    """Point earlier merges into the loser at the winner, and return their ids."""
    followers = db.session.scalars(sa.select(CandidateMerge.id).where(CandidateMerge.winner_id == loser_id)).all()
    db.session.execute(sa.update(CandidateMerge).where(CandidateMerge.id.in_(followers)).values(winner_id=winner_id))
    return [str(each) for each in followers]


def _lock_both(winner_id: UUID, loser_id: UUID) -> tuple[Candidate, Candidate]:
    """Lock both candidates, in the order of their ids to avoid deadlocks."""
    held = {each: rows.lock_for_delete(Candidate, each) for each in sorted((winner_id, loser_id))}
    return held[winner_id], held[loser_id]


def _check_applications(winner_id: UUID, loser_id: UUID) -> None:
    """Raise Conflict if both have a live application for the same job."""
    # A unique index allows one live application per job and candidate.
    live = sa.select(Application.job_id).where(Application.status.in_(LIVE))
    both = live.where(Application.candidate_id == winner_id).intersect(live.where(Application.candidate_id == loser_id))
    with scope.unrestricted("an application is there, whoever sees its job"):
        found = db.session.execute(both).first()
    if found:
        raise Conflict("Both have a live application for the same job. End one of them first.", code="both_applied")


def _carry_out(winner: Candidate, loser: Candidate, fields: list[Merged]) -> dict[str, int]:
    owner_goes_over = any(each.field == "owner_id" and each.side == "loser" for each in fields)
    given_up = winner if owner_goes_over else loser
    # Before the rows move: a unique index allows the winner one active assignment.
    candidate_assignment_service.end([given_up.id], AssignmentStatus.COMPLETED)
    moved = candidate_merge_rows.hand_over(loser.id, winner.id)
    for each in fields:
        for name, value in each.values.items():
            setattr(winner, name, value)
    winner.provenance = {**winner.provenance, **{each.field: each.provenance for each in fields if each.provenance}}
    winner.version += 1
    db.session.flush()
    db.session.execute(sa.delete(Candidate).where(Candidate.id == loser.id))
    mark_deleted()
    return moved


def _settle_assignments(kept: dict[str, Any]) -> None:
    """Restore the assignments of both: the merge ended one of them, and others may have begun since."""
    pair = [UUID(kept[side]["id"]) for side in ("winner", "loser")]
    both = CandidateAssignment.candidate_id.in_(pair)
    # End all first: at no moment may a candidate have two active ones (unique index).
    candidate_assignment_service.end(pair, AssignmentStatus.COMPLETED)
    nobody = {kept[side]["id"] for side in ("winner", "loser") if _owner(kept[side])}
    for line in (*kept["children"].get("candidate_assignments", []), *kept["assignments"]):
        row = candidate_merge_rows.decode(CandidateAssignment.__table__, line)
        if line["candidate_id"] in nobody and line["status"] == AssignmentStatus.ACTIVE:
            continue  # its user was deleted or suspended
        values = {name: row[name] for name in ("status", "ended_at", "updated_at")}
        db.session.execute(
            sa.update(CandidateAssignment).where(both, CandidateAssignment.id == row["id"]).values(values)
        )


def _lock_merge(merge_id: UUID) -> CandidateMerge:
    statement = (
        sa.select(CandidateMerge)
        .where(CandidateMerge.id == merge_id, CandidateMerge.winner_id.in_(sa.select(Candidate.id)))
        .with_for_update()
    )
    merged = db.session.scalars(statement.options(undefer(CandidateMerge.snapshot))).one_or_none()
    if merged is None:
        raise NotFound("There is no such candidate merge.")
    # `_lead_on` changed `winner_id`, because the winner itself was merged.
    if merged.snapshot and merged.snapshot["winner"]["id"] != str(merged.winner_id):
        raise Conflict("The winner was merged later. Undo that merge first.", code="merged_since")
    if merged.undone_at is not None:
        raise Conflict("This merge has already been undone.", code="already_undone")
    if merged.snapshot is None or merged.created_at < clock.now() - REVERSIBLE:
        raise Conflict(f"A merge can only be undone within {REVERSIBLE.days} days.", code="too_late")
    return merged


def _check_order(merged: CandidateMerge) -> None:
    """Raise Conflict unless this is the latest merge into the locked winner: snapshots are undone in reverse order."""
    others = sa.select(CandidateMerge).where(
        CandidateMerge.winner_id == merged.winner_id, CandidateMerge.winner_version > merged.winner_version
    )
    others = others.where(CandidateMerge.undone_at.is_(None), CandidateMerge.snapshot.is_not(None)).options(
        undefer(CandidateMerge.snapshot)
    )
    for other in db.session.scalars(others):
        # Not the merges that `_lead_on` pointed here: their snapshots are of another winner.
        if other.snapshot and other.snapshot["winner"]["id"] == str(merged.winner_id):
            raise Conflict(
                "Another candidate was merged into this one later. Undo that merge first.", code="merged_since"
            )


def _visible_fields(fields: list[Merged], winner: dict[str, Any], loser: dict[str, Any]) -> list[dict[str, Any]]:
    """Return the fields to show; `expected_pay` only to users who may see compensation."""
    visible_fields = []
    for each in fields:
        if each.field == "expected_pay" and rights.lacks(COMPENSATION):
            continue  # not even that the values differ
        columns = candidate_fields.BY_NAME[each.field].in_columns
        values = [_shown(row, columns) for row in (winner, loser, each.values)]
        visible_fields.append(
            {"field": each.field, **dict(zip(("winner", "loser", "result"), values, strict=True)), "side": each.side}
        )
    return visible_fields


def _shown(row: dict[str, Any], columns: tuple[str, ...]) -> Any:
    return row[columns[0]] if len(columns) == 1 else {name.removeprefix("pay_"): row[name] for name in columns}
