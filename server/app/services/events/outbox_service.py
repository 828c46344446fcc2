"""The outbox: promises jobs in the transaction of the change, and tells the relay what is due.

A promise ends with `done_at`, not with `acked_at`: a job server that lost its memory has acknowledged jobs that it
will never run. Whoever runs a job therefore says how long it may be silent (`due_at`); past that moment the row is
sent again under a new generation, and what is left of the older one stops at its next step.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import sqlalchemy as sa
import structlog

from app.extensions import db
from app.models import Outbox
from app.services.core import active_tenants, rows, transaction
from app.services.core.column_writes import QueuedWrite
from app.services.core.transaction import UnitOfWork, mark_deleted, unit, use_case
from app.utils import clock
from app.utils.metrics import metrics

RESEND_AFTER = timedelta(minutes=5)
KEPT_FOR = timedelta(days=30)
ADD_ROWS = QueuedWrite(sa.insert(Outbox.__table__).inline())
MOST_DOUBLINGS = 5
FAILED = sa.and_(Outbox.failed_at.is_not(None), Outbox.done_at.is_(None))
OPEN = sa.and_(Outbox.done_at.is_(None), Outbox.failed_at.is_(None))

log = structlog.get_logger("outbox")


@dataclass(frozen=True, slots=True)
class Backlog:
    """How many jobs wait to be taken up, were taken up and then lost, or have failed; and when the oldest of those that
    wait became due, in seconds since 1970 (0 where none waits)."""

    waiting: int
    lost: int
    failed: int
    oldest: float


def enqueue(name: str, *, due_at: datetime | None = None, **data: Any) -> UUID:
    """Promise the job `name` with the ids it needs, in this transaction; the same promise twice is one."""
    payload = {key: str(value) for key, value in data.items()}
    enqueued = unit().enqueued
    for known in enqueued:
        if (known["name"], known["data"]) == (name, payload):
            return UUID(int=known["id"].int)
    row = rows.new_row(name=name, data=payload, generation=0, due_at=due_at or clock.now(), sends=0)
    enqueued.append(row)
    return UUID(int=row["id"].int)


def enqueue_for(name: str, tenants: Sequence[str]) -> int:
    """Promise the job `name` in each of these tenants where it is not under way, in a transaction each; how many."""
    return active_tenants.in_each(map(UUID, tenants), lambda: _enqueue_unless_open(name))


@use_case
def _enqueue_unless_open(name: str) -> int:
    same = sa.select(Outbox).where(Outbox.name == name, Outbox.done_at.is_(None)).with_for_update()
    row = db.session.scalars(same).one_or_none()
    if row is None:
        enqueue(name)
    elif row.acked_at is not None and row.due_at <= clock.now():
        _begin_anew(row, clock.now())  # lost: whoever runs it without a job server does not look for that
    return int(row is None)


@use_case
def dismiss_failed(name: str) -> int:
    """Let the failed jobs `name` of all tenants rest, because new ones take their place; how many."""
    result: Any = db.session.execute(sa.update(Outbox).where(Outbox.name == name, FAILED).values(done_at=clock.now()))
    return int(result.rowcount)


@transaction.before_commit
def _write_enqueued(done: UnitOfWork) -> None:
    ADD_ROWS.send(*done.enqueued)


@use_case
def take_due(limit: int = 100, *, resend_lost: bool = True) -> Sequence[Outbox]:
    """Lease what is due, for all tenants: what was never sent or never acknowledged, and (`resend_lost`) what was
    acknowledged and then lost."""
    now = clock.now()
    due = db.session.scalars(
        sa.select(Outbox)
        .where(Outbox.due_at <= now, OPEN, sa.true() if resend_lost else Outbox.acked_at.is_(None))
        .order_by(Outbox.due_at)
        .limit(limit)
        .with_for_update(skip_locked=True)
    ).all()
    for row in due:
        if row.acked_at is not None:
            log.warning("job lost, sent again", job=row.name, tenant=str(row.tenant_id), generation=row.generation)
            metrics.job_lost(row.name)
            _begin_anew(row, now)
        row.due_at = now + RESEND_AFTER
        row.sends += 1
        row.sent_at = now
    return due


@use_case
def give_back(ids: list[UUID], seconds: int) -> None:
    """The job server did not take these: they are due again after a pause."""
    again = clock.now() + timedelta(seconds=seconds)
    db.session.execute(sa.update(Outbox).where(Outbox.id.in_(ids)).values(due_at=again, sent_at=None))


@use_case
def acknowledge(row_id: UUID, generation: int, silence: timedelta) -> bool:
    """A function took the job up and speaks again within `silence`; False where it is done or was sent anew since."""
    row = _lock_current(row_id, generation)
    if row is None:
        return False
    now = clock.now()
    row.acked_at, row.due_at = row.acked_at or now, now + _patience(silence, row.generation)
    return True


@use_case
def keep_alive(row_id: UUID, generation: int, silence: timedelta) -> bool:
    """The function is at its next step; False where the job was sent anew since, so that this run must end."""
    row = _lock_current(row_id, generation)
    if row is None:
        return False
    row.due_at = clock.now() + _patience(silence, row.generation)
    return True


@use_case
def finish(row_id: UUID) -> None:
    """The job is done."""
    row = db.session.get(Outbox, row_id)
    if row is not None:
        row.done_at = clock.now()


@use_case
def fail(row_id: UUID, generation: int, error: str) -> bool:
    """The job has failed for good, and `retry` may drive it again; False where another run has taken it over."""
    row = _lock_current(row_id, generation)
    if row is None:
        return False
    row.failed_at = clock.now()
    row.error = error[:500]
    return True


@use_case
def continue_anew(row_id: UUID, generation: int, data: dict[str, str]) -> None:
    """End this run and go on in a new one, with `data` beside what the job was promised with."""
    row = db.session.get(Outbox, row_id, with_for_update=True)
    if row is not None and row.generation == generation and row.done_at is None:
        row.data = {**row.data, **data}
        _begin_anew(row, clock.now())


@use_case
def retry(row_id: UUID) -> bool:
    """Run an unfinished job again, whether it failed, was lost or is waiting; False where there is no such job."""
    row = db.session.get(Outbox, row_id, with_for_update=True)
    if row is None or row.done_at is not None:
        return False
    _begin_anew(row, clock.now())
    return True


@use_case
def retry_lost() -> int:
    """Drive every job again that was taken up and has been silent for too long, of all tenants; how many."""
    now = clock.now()
    lost = sa.select(Outbox).where(Outbox.due_at <= now, OPEN, Outbox.acked_at.is_not(None)).with_for_update()
    found = db.session.scalars(lost).all()
    for row in found:
        _begin_anew(row, now)
    return len(found)


@use_case
def dismiss(row_id: UUID) -> bool:
    """Let a failed job rest: it is not counted any more, and forgotten with those that are done; False for others."""
    row = db.session.get(Outbox, row_id, with_for_update=True)
    if row is None or row.done_at is not None or row.failed_at is None:
        return False
    row.done_at = clock.now()
    return True


def _lock_current(row_id: UUID, generation: int) -> Outbox | None:
    """The row under a lock, unless it is done or was sent anew since."""
    row = db.session.get(Outbox, row_id, with_for_update=True)
    return None if row is None or row.done_at is not None or generation < row.generation else row


def _begin_anew(row: Outbox, now: datetime) -> None:
    """A new generation is a new event for the job server, which drops the second of one id for 24 hours."""
    row.generation += 1
    row.due_at = now
    row.failed_at = row.acked_at = row.error = None


def _patience(silence: timedelta, generation: int) -> timedelta:
    """A job that was sent anew gets more time, so that a long queue is not made longer still."""
    return silence * (1 << min(generation, MOST_DOUBLINGS))


def open_rows(limit: int) -> Sequence[Outbox]:
    """What is promised and not yet done, and what failed, oldest first."""
    statement = sa.select(Outbox).where(Outbox.done_at.is_(None)).order_by(Outbox.id).limit(limit)
    return db.session.scalars(statement).all()


def count_open() -> int:
    """How many rows there are of `open_rows`."""
    return db.session.scalar(sa.select(sa.func.count()).select_from(Outbox).where(Outbox.done_at.is_(None))) or 0


def state_of(row: Outbox) -> str:
    """What an operator calls the state of a row that is not done: failed, lost, running or waiting."""
    if row.failed_at is not None:
        return "failed"
    if row.acked_at is None:
        return "waiting"
    return "lost" if row.due_at <= clock.now() else "running"


def backlog() -> Backlog:
    """What is due and open, of all tenants; in the platform's scope."""
    now = clock.now()
    waiting = Outbox.acked_at.is_(None)
    counts = sa.select(
        sa.func.count().filter(waiting), sa.func.count().filter(~waiting), sa.func.min(Outbox.due_at).filter(waiting)
    )
    waits, lost, oldest = db.session.execute(counts.where(OPEN, Outbox.due_at <= now)).one()
    failed = db.session.scalar(sa.select(sa.func.count()).select_from(Outbox).where(FAILED)) or 0
    return Backlog(waits, lost, failed, oldest.timestamp() if oldest is not None else 0.0)


def event_of(row: Outbox) -> dict[str, Any]:
    """The event that carries this row: its id makes a second send harmless."""
    known = {"tenant_id": str(row.tenant_id), "outbox_id": str(row.id), "generation": row.generation}
    data = {**row.data, **known}
    return {"id": f"{row.id}:{row.generation}", "name": row.name, "data": data}


@use_case
def purge_done() -> int:
    """Forget promises that were kept more than thirty days ago, of all tenants; how many."""
    old = clock.now() - KEPT_FOR
    result: Any = db.session.execute(sa.delete(Outbox).where(Outbox.done_at <= old))
    mark_deleted()
    return int(result.rowcount)
