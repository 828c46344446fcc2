"""Bulk moves and rejections of applications, with dry run, stored results and undo."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import sqlalchemy as sa

from app.extensions import db
from app.models import Application, ApplicationBulkOperation, JobStage
from app.models.application import APPLICATION_MACHINE, LIVE, ApplicationStatus
from app.schemas.application_bulk_schema import (
    ApplicationBulkMove,
    ApplicationBulkOut,
    ApplicationBulkReject,
    ApplicationBulkResult,
)
from app.services.applications import (
    application_gates,
    application_service,
    rejection_reason_service,
    screening_service,
)
from app.services.core import rows
from app.services.core.transaction import mark_deleted, use_case
from app.services.events import event_service
from app.services.workflow import state_engine
from app.utils import clock, scope
from app.utils.errors import Conflict, NotFound

UNDO_WITHIN = timedelta(days=7)  # also how long the results are stored


@use_case
def move(request: ApplicationBulkMove) -> ApplicationBulkOut:
    """Move the applications that are in the given stage; each application has its own result."""
    source = rows.get(JobStage, request.from_stage_id)
    target = application_service.target_stage(source.job_id, request.to_stage_id)
    found = rows.lock_all(Application, Application.id.in_(request.application_ids))
    refused = {each.id: "stage_changed" for each in found if each.stage_id != source.id}
    # The status is checked last and wins: an ended application is refused as such, whatever its stage.
    refused |= {each.id: "illegal_transition" for each in found if each.status != ApplicationStatus.ACTIVE}
    free = [each for each in found if each.id not in refused]
    refused |= {key: refusal.code for key, refusal in application_gates.refusals(target, free).items()}
    able = [each for each in free if each.id not in refused]
    results = _results(request.application_ids, found, refused)
    if not request.dry_run and able:
        rows.count_up(able)
        application_service.enter_stage(able, target)
    return _store("move", results, request.dry_run, target.id)


@use_case
def reject(request: ApplicationBulkReject) -> ApplicationBulkOut:
    """Reject the active applications; each application has its own result."""
    named = rejection_reason_service.named(request.reason_id, "reject")
    found = rows.lock_all(Application, Application.id.in_(request.application_ids))
    refused = {each.id: "illegal_transition" for each in found if each.status != ApplicationStatus.ACTIVE}
    able = [each for each in found if each.id not in refused]
    results = _results(request.application_ids, found, refused)
    if not request.dry_run and able:
        rows.count_up(able)
        application_service.reject_all(able, named, request.reason or (named.name if named else None))
    return _store("reject", results, request.dry_run, None)


@use_case
def undo(operation_id: UUID) -> ApplicationBulkOperation:
    """Undo an action for each application that is where it left it; Conflict if already undone or too old."""
    operation = rows.lock_row(ApplicationBulkOperation, operation_id)
    # An operation of an API key has no user, and neither has a calling key: None must not equal None.
    own = operation.user_id is not None and operation.user_id == scope.user_id()
    # The results list applications that a caller with limited visibility may not see.
    if not own and scope.actor().visibility is not None:
        raise NotFound("There is no such application bulk operation.")
    if operation.undone_at is not None:
        raise Conflict("This action has already been undone.", code="already_undone")
    if operation.created_at < clock.now() - UNDO_WITHIN:
        raise Conflict(f"An action can only be undone within {UNDO_WITHIN.days} days.", code="too_late")
    before = {
        UUID(each["application_id"]): each["before"]
        for each in operation.results
        if each["result"] == ApplicationBulkResult.CHANGED
    }
    back = _take_back(operation, rows.lock_all(Application, Application.id.in_(list(before))), before)
    operation.results = [_undone(each, back) for each in operation.results]
    operation.undone_at = clock.now()
    event_service.record("application_bulk_operation.undone", operation, action=operation.action, changed=len(back))
    db.session.flush()
    return operation


@use_case
def purge_old() -> int:
    """Delete the actions of all tenants that can no longer be undone, and return their number."""
    old = ApplicationBulkOperation.created_at < clock.now() - UNDO_WITHIN
    result: Any = db.session.execute(sa.delete(ApplicationBulkOperation).where(old))
    mark_deleted()
    return int(result.rowcount)


def _take_back(operation: ApplicationBulkOperation, found: Sequence[Application], before: dict[UUID, str]) -> set[UUID]:
    if operation.action == "reject":
        # Reopening these would violate the unique index on live applications and fail the whole undo.
        anew = _applied_anew(found)
        able = [each for each in found if each.status == ApplicationStatus.REJECTED and _whom(each) not in anew]
        rows.count_up(able)
        state_engine.fire_all(APPLICATION_MACHINE, able, "reopen")
        for each in able:
            each.rejection_reason_id = None
        screening_service.wait_again(able, _began(operation))
        return {each.id for each in able}
    able = [e for e in found if e.status == ApplicationStatus.ACTIVE and e.stage_id == operation.to_stage_id]
    # A stage that was removed since takes no application back.
    stages = {
        stage.id: stage
        for stage in db.session.scalars(
            sa.select(JobStage).where(
                JobStage.id.in_([UUID(before[each.id]) for each in able]), JobStage.position.is_not(None)
            )
        )
    }
    able = [each for each in able if UUID(before[each.id]) in stages]
    rows.count_up(able)
    # One call per stage, because a transition runs its statements once for all its applications.
    for stage in stages.values():
        application_service.return_to_stage([each for each in able if before[each.id] == str(stage.id)], stage)
    screening_service.wait_again(able, _began(operation))
    return {each.id for each in able}


def _began(operation: ApplicationBulkOperation) -> datetime:
    """Return when the action had not begun yet: its row was added at its end."""
    return operation.created_at - timedelta(minutes=1)


def _applied_anew(applications: Sequence[Application]) -> set[tuple[UUID, UUID]]:
    """Return the (job, candidate) pairs of these applications that have a live application."""
    live = sa.select(Application.job_id, Application.candidate_id).where(
        Application.job_id.in_({each.job_id for each in applications}),
        Application.candidate_id.in_({each.candidate_id for each in applications}),
        Application.status.in_(LIVE),
    )
    return {(job_id, candidate_id) for job_id, candidate_id in db.session.execute(live)}


def _whom(application: Application) -> tuple[UUID, UUID]:
    return application.job_id, application.candidate_id


def _results(wanted: Sequence[UUID], found: Sequence[Application], refused: dict[UUID, str]) -> list[dict[str, Any]]:
    known = {each.id: each for each in found}
    results = []
    for application_id in dict.fromkeys(wanted):  # a request may repeat an id
        item: dict[str, Any] = {"application_id": str(application_id), "result": ApplicationBulkResult.NOT_FOUND.value}
        if application_id in refused:
            item |= {"result": ApplicationBulkResult.REFUSED.value, "code": refused[application_id]}
        elif application_id in known:
            item |= {"result": ApplicationBulkResult.CHANGED.value, "before": str(known[application_id].stage_id)}
        results.append(item)
    return results


def _store(action: str, results: list[dict[str, Any]], dry_run: bool, to_stage_id: UUID | None) -> ApplicationBulkOut:
    if dry_run:
        return ApplicationBulkOut(id=None, action=action, results=results, undone_at=None, created_at=None)
    operation = ApplicationBulkOperation(
        action=action, user_id=scope.user_id(), to_stage_id=to_stage_id, results=results
    )
    db.session.add(operation)
    db.session.flush()  # the event needs the id
    changed = sum(each["result"] == ApplicationBulkResult.CHANGED for each in results)
    event_service.record("application_bulk_operation.done", operation, action=action, changed=changed)
    return ApplicationBulkOut.model_validate(operation)


def _undone(result: dict[str, Any], back: set[UUID]) -> dict[str, Any]:
    if result["result"] != ApplicationBulkResult.CHANGED:
        return result
    return {
        **result,
        "result": (
            ApplicationBulkResult.UNDONE.value
            if UUID(result["application_id"]) in back
            else ApplicationBulkResult.SKIPPED.value
        ),
    }
