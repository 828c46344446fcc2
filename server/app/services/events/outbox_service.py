"""The outbox: events for functions, enqueued in the transaction of the change and sent by the relay when due.

A row is finished by `done_at`, not by `acked_at`: an Inngest server that lost its data never runs what it has
acknowledged. The function therefore says how long it may be silent (`due_at`). After that, the row is sent again under
a new generation, and a run of the older generation ends at its next step (decision 0022).
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

RESEND_AFTER = timedelta(minutes=5)  # unless acknowledged; under the same id, so that Inngest drops duplicates
KEPT_FOR = timedelta(days=30)
ADD_ROWS = QueuedWrite(sa.insert(Outbox.__table__).inline())
MOST_DOUBLINGS = 5  # at most 32 times the function's own silence
# These match the conditions of the partial indexes ix_outbox_failed_at and ix_outbox_due_at.
FAILED = sa.and_(Outbox.failed_at.is_not(None), Outbox.done_at.is_(None))
OPEN = sa.and_(Outbox.done_at.is_(None), Outbox.failed_at.is_(None))

log = structlog.get_logger("outbox")


@dataclass(frozen=True, slots=True)
class Backlog:
    """The number of due rows that are waiting or lost, and of failed rows.

    `oldest` is when the oldest waiting row became due, in seconds since 1970; 0 if none is waiting.
    """

    waiting: int
    lost: int
    failed: int
    oldest: float


def enqueue(name: str, *, due_at: datetime | None = None, **data: Any) -> UUID:
    """Enqueue the event `name` in the open transaction and return the row's id. Inside a use case.

    The same name and data are enqueued once per transaction.
    """
    payload = {key: str(value) for key, value in data.items()}
    enqueued = unit().enqueued
    for known in enqueued:
        if (known["name"], known["data"]) == (name, payload):
            return UUID(int=known["id"].int)
    row = rows.new_row(name=name, data=payload, generation=0, due_at=due_at or clock.now(), sends=0)
    enqueued.append(row)
    return UUID(int=row["id"].int)


def enqueue_for(name: str, tenants: Sequence[str]) -> int:
    """Enqueue the event `name` for each of these tenants without an unfinished one; return how many were enqueued.

    Each tenant has its own transaction. A lost event is sent again.
    """
    return active_tenants.in_each(map(UUID, tenants), lambda: _enqueue_unless_open(name))


@use_case
def _enqueue_unless_open(name: str) -> int:
    same = sa.select(Outbox).where(Outbox.name == name, Outbox.done_at.is_(None)).with_for_update()
    # At most one: uq_outbox_round.
    row = db.session.scalars(same).one_or_none()
    if row is None:
        enqueue(name)
    elif row.acked_at is not None and row.due_at <= clock.now():
        _begin_anew(row, clock.now())  # lost: the embedded runner does not resend lost rows
    return int(row is None)


@use_case
def dismiss_failed(name: str) -> int:
    """Mark the failed events `name` of all tenants as done, since new ones replace them; return their number."""
    result: Any = db.session.execute(sa.update(Outbox).where(Outbox.name == name, FAILED).values(done_at=clock.now()))
    return int(result.rowcount)


@transaction.before_commit
def _write_enqueued(done: UnitOfWork) -> None:
    ADD_ROWS.send(*done.enqueued)


@use_case
def take_due(limit: int = 100, *, resend_lost: bool = True) -> Sequence[Outbox]:
    """Lease the due rows of all tenants: those never sent or acknowledged and, with `resend_lost`, lost ones."""
    now = clock.now()
    due = db.session.scalars(
        sa.select(Outbox)
        .where(Outbox.due_at <= now, OPEN, sa.true() if resend_lost else Outbox.acked_at.is_(None))
        .order_by(Outbox.due_at)
        .limit(limit)
        .with_for_update(skip_locked=True)  # each relay takes other rows
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
    """Make rows that the Inngest server did not accept due again after `seconds`."""
    again = clock.now() + timedelta(seconds=seconds)
    db.session.execute(sa.update(Outbox).where(Outbox.id.in_(ids)).values(due_at=again, sent_at=None))


@use_case
def acknowledge(row_id: UUID, generation: int, silence: timedelta) -> bool:
    """Note that a run has started and will report within `silence`; False if the row is done or was sent again."""
    row = _lock_current(row_id, generation)
    if row is None:
        return False
    now = clock.now()
    # A repeated first step keeps the time of the first one.
    row.acked_at, row.due_at = row.acked_at or now, now + _patience(silence, row.generation)
    return True


@use_case
def keep_alive(row_id: UUID, generation: int, silence: timedelta) -> bool:
    """Note that the run is at its next step; False if the row is done or was sent again, so that this run must end."""
    row = _lock_current(row_id, generation)
    if row is None:
        return False
    row.due_at = clock.now() + _patience(silence, row.generation)
    return True


@use_case
def finish(row_id: UUID) -> None:
    """Mark the row done."""
    row = db.session.get(Outbox, row_id)
    if row is not None:
        # Whatever the generation: the work is done, and a newer run ends at its next step.
        row.done_at = clock.now()


@use_case
def fail(row_id: UUID, generation: int, error: str) -> bool:
    """Mark the row failed, after the last attempt; `retry` can run it again. False if it is done or was sent again."""
    row = _lock_current(row_id, generation)
    if row is None:
        return False
    row.failed_at = clock.now()
    row.error = error[:500]  # the length of the column
    return True


@use_case
def continue_anew(row_id: UUID, generation: int, data: dict[str, str]) -> None:
    """End this run and continue in a new generation, with `data` added to the row's data."""
    row = db.session.get(Outbox, row_id, with_for_update=True)
    if row is not None and row.generation == generation and row.done_at is None:
        row.data = {**row.data, **data}  # a new object: SQLAlchemy does not see changes inside JSON
        _begin_anew(row, clock.now())


@use_case
def retry(row_id: UUID) -> bool:
    """Run a row again that failed, was lost, is running or is waiting; False if it does not exist or is done."""
    row = db.session.get(Outbox, row_id, with_for_update=True)
    if row is None or row.done_at is not None:
        return False
    _begin_anew(row, clock.now())
    return True


@use_case
def retry_lost() -> int:
    """Run all lost rows of all tenants again: those acknowledged and silent for too long; return their number."""
    now = clock.now()
    lost = sa.select(Outbox).where(Outbox.due_at <= now, OPEN, Outbox.acked_at.is_not(None)).with_for_update()
    found = db.session.scalars(lost).all()
    for row in found:
        _begin_anew(row, now)
    return len(found)


@use_case
def dismiss(row_id: UUID) -> bool:
    """Mark a failed row as done, so that it is no longer counted and will be purged; False if it has not failed."""
    row = db.session.get(Outbox, row_id, with_for_update=True)
    if row is None or row.done_at is not None or row.failed_at is None:
        return False
    row.done_at = clock.now()
    return True


def _lock_current(row_id: UUID, generation: int) -> Outbox | None:
    """Lock the row; None if it is done or was sent again under a newer generation."""
    row = db.session.get(Outbox, row_id, with_for_update=True)
    return None if row is None or row.done_at is not None or generation < row.generation else row


def _begin_anew(row: Outbox, now: datetime) -> None:
    """Start a new generation. It has a new event id: Inngest drops a repeated id for 24 hours."""
    row.generation += 1
    row.due_at = now
    row.failed_at = row.acked_at = row.error = None


def _patience(silence: timedelta, generation: int) -> timedelta:
    """Double the allowed silence for each resend, so that resends do not make a long queue longer."""
    return silence * (1 << min(generation, MOST_DOUBLINGS))


def open_rows(limit: int) -> Sequence[Outbox]:
    """List the rows that are not done, including failed ones, oldest first."""
    # Ids are UUIDv7, which sort by creation.
    statement = sa.select(Outbox).where(Outbox.done_at.is_(None)).order_by(Outbox.id).limit(limit)
    return db.session.scalars(statement).all()


def count_open() -> int:
    """Count the rows that are not done, including failed ones."""
    return db.session.scalar(sa.select(sa.func.count()).select_from(Outbox).where(Outbox.done_at.is_(None))) or 0


def state_of(row: Outbox) -> str:
    """Return the state of a row that is not done: failed, lost, running or waiting."""
    if row.failed_at is not None:
        return "failed"
    if row.acked_at is None:
        return "waiting"
    return "lost" if row.due_at <= clock.now() else "running"


def backlog() -> Backlog:
    """Return the backlog of all tenants; in the platform's scope."""
    now = clock.now()
    waiting = Outbox.acked_at.is_(None)
    counts = sa.select(
        sa.func.count().filter(waiting), sa.func.count().filter(~waiting), sa.func.min(Outbox.due_at).filter(waiting)
    )
    waits, lost, oldest = db.session.execute(counts.where(OPEN, Outbox.due_at <= now)).one()
    # A statement of its own: one count of both could use neither partial index.
    failed = db.session.scalar(sa.select(sa.func.count()).select_from(Outbox).where(FAILED)) or 0
    return Backlog(waits, lost, failed, oldest.timestamp() if oldest is not None else 0.0)


def event_of(row: Outbox) -> dict[str, Any]:
    """Return the event for this row; its id, unique per generation, makes a second send harmless."""
    known = {"tenant_id": str(row.tenant_id), "outbox_id": str(row.id), "generation": row.generation}
    data = {**row.data, **known}
    return {"id": f"{row.id}:{row.generation}", "name": row.name, "data": data}


@use_case
def purge_done() -> int:
    """Delete the rows of all tenants that were done more than thirty days ago; return their number."""
    old = clock.now() - KEPT_FOR
    result: Any = db.session.execute(sa.delete(Outbox).where(Outbox.done_at <= old))
    mark_deleted()
    return int(result.rowcount)
