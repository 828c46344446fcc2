"""Runs of the embedded runner: each is leased, advances step by step, and stores the result of each step."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import sqlalchemy as sa

from app.extensions import db
from app.models import FunctionRun
from app.models.function_run import FunctionRunStatus
from app.services.core import upsert
from app.services.core.transaction import mark_deleted, use_case
from app.utils import clock, ids

LEASE = timedelta(seconds=120)  # after this, another thread runs the step again
KEPT_FOR = timedelta(days=7)
FINISHED = (FunctionRunStatus.COMPLETED, FunctionRunStatus.FAILED)


@use_case
def start(runs: list[tuple[str, dict[str, Any]]]) -> None:
    """Start a run for each (function id, event), unless there is one already."""
    now = clock.now()
    rows = [
        {
            "id": ids.new_id(),
            "function_id": function_id,
            "event_id": event["id"],
            "event": event,
            "status": FunctionRunStatus.WAITING,
            "steps": {},
            "attempt": 0,
            "wake_at": now,
            "created_at": now,
            "updated_at": now,
        }
        for function_id, event in runs
    ]
    if rows:
        # Repeated events and ticks conflict with (function_id, event_id).
        db.session.execute(upsert.insert(FunctionRun.__table__).values(rows).on_conflict_do_nothing())


@use_case
def take() -> FunctionRun | None:
    """Lease the next run that is due; None if there is none. An expired lease counts as a failed attempt."""
    now = clock.now()
    awake = sa.and_(FunctionRun.status == FunctionRunStatus.WAITING, FunctionRun.wake_at <= now)
    orphaned = sa.and_(FunctionRun.status == FunctionRunStatus.RUNNING, FunctionRun.lease_until <= now)
    statement = sa.select(FunctionRun).where(sa.or_(awake, orphaned)).order_by(FunctionRun.wake_at).limit(1)
    run = db.session.scalars(statement.with_for_update(skip_locked=True)).one_or_none()  # several threads take runs
    if run is None:
        return None
    # The lease expired. Counted, so that a step that kills its process is not repeated forever.
    if run.status == FunctionRunStatus.RUNNING:
        run.attempt += 1
    run.status, run.lease_until = FunctionRunStatus.RUNNING, now + LEASE
    return run


@use_case
def reclaim() -> int:
    """Wake all leased runs after a crash and return their number; only if no other runner is alive."""
    statement = sa.select(FunctionRun).where(FunctionRun.status == FunctionRunStatus.RUNNING).with_for_update()
    orphans = db.session.scalars(statement).all()
    for run in orphans:
        run.status, run.lease_until, run.wake_at = FunctionRunStatus.WAITING, None, clock.now()
        run.attempt += 1  # as in `take`: this step may have caused the crash
    return len(orphans)


@use_case
def store_steps(run_id: UUID, steps: dict[str, Any], wake_at: datetime | None) -> None:
    """Store the results of steps and end the lease; the run continues at `wake_at`, or now if None."""
    run = db.session.get_one(FunctionRun, run_id)
    run.steps = {**run.steps, **steps}  # a new object: SQLAlchemy does not see changes inside JSON
    run.attempt = 0  # each step has its own retries
    run.status, run.lease_until = FunctionRunStatus.WAITING, None
    run.wake_at = wake_at or clock.now()


@use_case
def retry_later(run_id: UUID, error: str, wake_at: datetime) -> None:
    """Record a failed attempt; the next one starts at `wake_at`."""
    run = db.session.get_one(FunctionRun, run_id)
    run.attempt += 1
    run.status, run.lease_until, run.wake_at, run.error = FunctionRunStatus.WAITING, None, wake_at, error[:2000]


@use_case
def finish(run_id: UUID) -> None:
    """Mark the run completed."""
    run = db.session.get_one(FunctionRun, run_id)
    run.status, run.error, run.lease_until = FunctionRunStatus.COMPLETED, None, None


@use_case
def fail(run_id: UUID, error: str, handler: tuple[str, dict[str, Any]] | None) -> None:
    """Mark the run failed, and start the run of its failure handler in the same transaction."""
    run = db.session.get_one(FunctionRun, run_id)
    run.status, run.error, run.lease_until = FunctionRunStatus.FAILED, error[:2000], None
    if handler is not None:
        start([handler])


@use_case
def purge_finished() -> int:
    """Delete runs that ended more than a week ago and return their number."""
    old = clock.now() - KEPT_FOR
    result: Any = db.session.execute(
        sa.delete(FunctionRun).where(FunctionRun.status.in_(FINISHED), FunctionRun.updated_at <= old)
    )
    mark_deleted()
    return int(result.rowcount)
