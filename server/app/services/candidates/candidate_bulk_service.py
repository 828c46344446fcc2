"""Bulk actions on candidates, with a dry run, and undo for candidates that have not changed since."""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from uuid import UUID

import sqlalchemy as sa

from app.extensions import db
from app.models import Candidate, CandidateBulkOperation, CandidateTag, TalentPool, User
from app.models.candidate import CandidateStatus
from app.schemas.candidate_bulk_schema import MAX_IDS, BulkAction, BulkOperationQuery, BulkOut, BulkResult
from app.schemas.lists import Page
from app.services.access import active_users, rights, visibility_service
from app.services.candidates import candidate_search_service, candidate_states
from app.services.candidates.candidate_states import State
from app.services.core import listing, rows
from app.services.core.transaction import mark_deleted, use_case
from app.services.events import event_service
from app.utils import clock, scope
from app.utils.errors import Conflict, Invalid, NotFound

UNDO_WITHIN = timedelta(days=7)  # older operations are deleted
TARGETS = {
    "assign": ("user_id", User),
    "tag": ("tag_id", CandidateTag),
    "untag": ("tag_id", CandidateTag),
    "pool": ("pool_id", TalentPool),
    "unpool": ("pool_id", TalentPool),
}
# Permissions beyond `candidates.update`, which the endpoint requires; the other actions need no more.
RIGHTS = {"assign": "candidates.assign", "unassign": "candidates.assign"} | dict.fromkeys(
    ("pool", "unpool"), "talent_pools.update"
)
FIXED = {"archive": CandidateStatus.ARCHIVED.value, "activate": CandidateStatus.ACTIVE.value, "unassign": None}


def list_operations(query: BulkOperationQuery) -> Page[CandidateBulkOperation]:
    """List the recent bulk actions; only their own for users who do not see all candidates."""
    statement = sa.select(CandidateBulkOperation)
    if scope.actor().visibility is not None:  # the results name candidates whom the actor may not see
        statement = statement.where(CandidateBulkOperation.user_id == scope.user_id())
    return listing.paginate(statement, CandidateBulkOperation, query)


@use_case
def run(action: str, body: BulkAction) -> BulkOut:
    """Perform an action on many candidates, or preview it with `dry_run`; each candidate has its own result.

    Forbidden if the action's permission is missing, Invalid if its target is missing or not accepted.
    """
    _check_right(action)
    target = _target(action, body)
    wanted_ids = _ids(body)
    found = rows.lock_all(Candidate, Candidate.id.in_(wanted_ids))  # without those that are unknown or not visible
    state, after = _state(action, target), _after(action, target)
    if action in ("assign", "unassign"):
        visibility_service.check_owner(target)
    before = state.read(found)
    changes = {candidate_id: after for candidate_id, value in before.items() if value != after}
    results = [_result(candidate_id, before, changes) for candidate_id in wanted_ids]
    if body.dry_run:
        return BulkOut(id=None, action=action, results=results, undone_at=None, created_at=None)
    candidate_states.change(state, found, changes)
    # `user_id` of an operation is the user who performed it.
    named = {TARGETS[action][0].replace("user_id", "target_user_id"): target} if target else {}
    operation = CandidateBulkOperation(action=action, user_id=scope.user_id(), results=results, **named)
    db.session.add(operation)
    db.session.flush()  # the event needs the id
    event_service.record("candidate_bulk_operation.done", operation, action=action, changed=len(changes))
    return BulkOut.model_validate(operation)


@use_case
def undo(operation_id: UUID) -> CandidateBulkOperation:
    """Undo an action for each candidate whose state is still the one it set.

    NotFound if it is another user's and the actor does not see all candidates, Conflict if it was undone already or is
    more than seven days old.
    """
    operation = rows.lock_row(CandidateBulkOperation, operation_id)
    own = operation.user_id is not None and operation.user_id == scope.user_id()
    if not own and scope.actor().visibility is not None:
        raise NotFound("There is no such candidate bulk operation.")
    _check_right(operation.action)
    if operation.undone_at is not None:
        raise Conflict("This action has already been undone.", code="already_undone")
    if operation.created_at < clock.now() - UNDO_WITHIN:
        raise Conflict(f"An action can only be undone within {UNDO_WITHIN.days} days.", code="too_late")
    target = operation.target_user_id or operation.tag_id or operation.pool_id
    state, after = _state(operation.action, target), _after(operation.action, target)
    before = {UUID(each["candidate_id"]): each["before"] for each in operation.results if each["result"] == "changed"}
    found = rows.lock_all(Candidate, Candidate.id.in_(list(before)))
    now = state.read(found)
    back = {candidate_id: before[candidate_id] for candidate_id, value in now.items() if value == after}
    if operation.action in ("assign", "unassign"):
        back = _to_those_who_are_there(back)
    candidate_states.change(state, found, back)
    # A new list, because the session does not notice changes inside one.
    operation.results = [_undone(each, back) for each in operation.results]
    operation.undone_at = clock.now()
    event_service.record("candidate_bulk_operation.undone", operation, action=operation.action, changed=len(back))
    db.session.flush()
    return operation


@use_case
def purge_old() -> int:
    """Delete the actions of all tenants that can no longer be undone; return their number."""
    old = CandidateBulkOperation.created_at < clock.now() - UNDO_WITHIN
    result: Any = db.session.execute(sa.delete(CandidateBulkOperation).where(old))
    mark_deleted()
    return int(result.rowcount)


def _ids(body: BulkAction) -> list[UUID]:
    if body.candidate_ids is not None:
        return list(dict.fromkeys(body.candidate_ids))
    assert body.query is not None  # the schema requires ids or a query
    return list(candidate_search_service.matching(body.query, body.query.q, MAX_IDS))


def _check_right(action: str) -> None:
    if action in RIGHTS:
        rights.require(RIGHTS[action])


def _target(action: str, body: BulkAction) -> UUID | None:
    """Return the user, tag or pool of the action; NotFound if it does not exist, Conflict if the user is not active."""
    name, model = TARGETS.get(action, ("", None))
    if wrong := [
        other for other in ("user_id", "tag_id", "pool_id") if other != name and getattr(body, other) is not None
    ]:
        errors = [
            {"pointer": f"/{other}", "code": "not_taken", "detail": "is not accepted by this action"} for other in wrong
        ]
        raise Invalid(f"The action {action} does not accept {wrong[0]}.", code="target_not_taken", errors=errors)
    if model is None:
        return None
    value = getattr(body, name)
    if value is None:
        raise Invalid(
            f"The action {action} requires {name}.",
            code="target_missing",
            errors=[{"pointer": f"/{name}", "code": "missing", "detail": "is required"}],
        )
    if model is User:
        active_users.require(value, "candidates")
    else:
        rows.get(model, value)
    return UUID(str(value))


def _state(action: str, target: UUID | None) -> State:
    if action in ("tag", "untag", "pool", "unpool"):
        assert target is not None
        return candidate_states.tag(target) if "tag" in action else candidate_states.pool(target)
    return candidate_states.owner() if "assign" in action else candidate_states.status()  # also "unassign"


def _after(action: str, target: UUID | None) -> Any:
    """Return the value that the action sets: a status, an owner, or membership in the tag or pool."""
    if action in FIXED:
        return FIXED[action]
    return str(target) if action == "assign" else action in ("tag", "pool")  # text, as in the stored results


def _result(candidate_id: UUID, before: candidate_states.States, changes: candidate_states.States) -> dict[str, Any]:
    if candidate_id not in before:
        return {"candidate_id": str(candidate_id), "result": BulkResult.NOT_FOUND}
    if candidate_id not in changes:
        return {"candidate_id": str(candidate_id), "result": BulkResult.UNCHANGED}
    return {"candidate_id": str(candidate_id), "result": BulkResult.CHANGED, "before": before[candidate_id]}


def _to_those_who_are_there(back: dict[UUID, Any]) -> dict[UUID, Any]:
    """Leave out candidates whose previous owner is deleted or not active."""
    there = {str(user.id) for user in active_users.among(UUID(value) for value in back.values() if value)}
    return {candidate_id: value for candidate_id, value in back.items() if value is None or value in there}


def _undone(result: dict[str, Any], back: dict[UUID, Any]) -> dict[str, Any]:
    if result["result"] != BulkResult.CHANGED:
        return result
    done = UUID(result["candidate_id"]) in back
    return {**result, "result": BulkResult.UNDONE if done else BulkResult.SKIPPED}
