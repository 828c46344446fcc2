"""Runs of the embedded runner: taken under a lease, advanced step by step, each step kept."""

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

LEASE = timedelta(seconds=120)
KEPT_FOR = timedelta(days=7)
FINISHED = (FunctionRunStatus.COMPLETED, FunctionRunStatus.FAILED)


@use_case
def start(runs: list[tuple[str, dict[str, Any]]]) -> None:
    """Begin a run for each function and event; one that is there already is not begun again."""
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
        db.session.execute(upsert.insert(FunctionRun.__table__).values(rows).on_conflict_do_nothing())


@use_case
def take() -> FunctionRun | None:
    """Lease the next run that is awake; one whose lease ran out has lost an attempt."""
    now = clock.now()
    awake = sa.and_(FunctionRun.status == FunctionRunStatus.WAITING, FunctionRun.wake_at <= now)
    orphaned = sa.and_(FunctionRun.status == FunctionRunStatus.RUNNING, FunctionRun.lease_until <= now)
    statement = sa.select(FunctionRun).where(sa.or_(awake, orphaned)).order_by(FunctionRun.wake_at).limit(1)
    run = db.session.scalars(statement.with_for_update(skip_locked=True)).one_or_none()
    if run is None:
        return None
    if run.status == FunctionRunStatus.RUNNING:
        run.attempt += 1
    run.status, run.lease_until = FunctionRunStatus.RUNNING, now + LEASE
    return run


@use_case
def reclaim() -> int:
    """After a crash, with no other runner alive: wake what was running; how many."""
    statement = sa.select(FunctionRun).where(FunctionRun.status == FunctionRunStatus.RUNNING).with_for_update()
    orphans = db.session.scalars(statement).all()
    for run in orphans:
        run.status, run.lease_until, run.wake_at = FunctionRunStatus.WAITING, None, clock.now()
        run.attempt += 1
    return len(orphans)


@use_case
def store_steps(run_id: UUID, steps: dict[str, Any], wake_at: datetime | None) -> None:
    """Keep what steps returned; the run goes on now, or sleeps until `wake_at`."""
    run = db.session.get_one(FunctionRun, run_id)
    run.steps = {**run.steps, **steps}
    run.attempt = 0
    run.status, run.lease_until = FunctionRunStatus.WAITING, None
    run.wake_at = wake_at or clock.now()


@use_case
def retry_later(run_id: UUID, error: str, wake_at: datetime) -> None:
    """The attempt failed; the next one begins at `wake_at`."""
    run = db.session.get_one(FunctionRun, run_id)
    run.attempt += 1
    run.status, run.lease_until, run.wake_at, run.error = FunctionRunStatus.WAITING, None, wake_at, error[:2000]


@use_case
def finish(run_id: UUID, error: str | None = None) -> None:
    """The run is over, for good or (with an error) for bad."""
    run = db.session.get_one(FunctionRun, run_id)
    run.status = FunctionRunStatus.FAILED if error else FunctionRunStatus.COMPLETED
    run.error, run.lease_until = error[:2000] if error else None, None


@use_case
def purge_finished() -> int:
    """Forget runs that ended more than a week ago; how many."""
    old = clock.now() - KEPT_FOR
    result: Any = db.session.execute(
        sa.delete(FunctionRun).where(FunctionRun.status.in_(FINISHED), FunctionRun.updated_at <= old)
    )
    mark_deleted()
    return int(result.rowcount)
