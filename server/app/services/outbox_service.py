"""The outbox: promises jobs in the transaction of the change, and tells the relay what is due."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import sqlalchemy as sa

from app.extensions import db
from app.models import Outbox
from app.services import rows, transaction
from app.services.column_writes import QueuedWrite
from app.services.transaction import UnitOfWork, mark_deleted, unit, use_case
from app.utils import clock

RESEND_AFTER = timedelta(minutes=5)
KEPT_FOR = timedelta(days=30)
ADD_PROMISES = QueuedWrite(sa.insert(Outbox.__table__).inline())
OPEN = sa.and_(Outbox.done_at.is_(None), Outbox.failed_at.is_(None))


def enqueue(name: str, *, due_at: datetime | None = None, **data: Any) -> UUID:
    """Promise the job `name` with the ids it needs, in this transaction; the same promise twice is one."""
    promise = {key: str(value) for key, value in data.items()}
    promises = unit().promises
    for known in promises:
        if (known["name"], known["data"]) == (name, promise):
            return known["id"]
    row = rows.fresh(name=name, data=promise, generation=0, due_at=due_at or clock.now(), sends=0)
    promises.append(row)
    return row["id"]


@transaction.before_commit
def _write_promises(done: UnitOfWork) -> None:
    ADD_PROMISES.send(*done.promises)


@use_case
def take_due(limit: int = 100) -> Sequence[Outbox]:
    """Lease what is due, for all tenants; sent but unacknowledged rows come again after `RESEND_AFTER`."""
    now = clock.now()
    due = db.session.scalars(
        sa.select(Outbox)
        .where(Outbox.due_at <= now, OPEN, Outbox.acked_at.is_(None))
        .order_by(Outbox.due_at)
        .limit(limit)
        .with_for_update(skip_locked=True)
    ).all()
    for row in due:
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
def acknowledge(row_id: UUID) -> bool:
    """A function took the job up; False where it is already done, so that it need not run again."""
    row = db.session.get(Outbox, row_id, with_for_update=True)
    if row is None or row.done_at is not None:
        return False
    row.acked_at = row.acked_at or clock.now()
    return True


@use_case
def finish(row_id: UUID) -> None:
    """The job is done."""
    row = db.session.get(Outbox, row_id)
    if row is not None:
        row.done_at = clock.now()


@use_case
def fail(row_id: UUID, error: str) -> None:
    """The job has failed for good; `retry` may drive it again."""
    row = db.session.get(Outbox, row_id)
    if row is not None and row.done_at is None:
        row.failed_at = clock.now()
        row.error = error[:500]


@use_case
def retry(row_id: UUID) -> bool:
    """Drive a failed job again under a new generation."""
    row = db.session.get(Outbox, row_id, with_for_update=True)
    if row is None or row.failed_at is None:
        return False
    row.generation += 1
    row.due_at = clock.now()
    row.failed_at = row.acked_at = row.error = None
    return True


def open_rows(limit: int = 200) -> Sequence[Outbox]:
    """What is promised and not yet done, and what failed, oldest first."""
    statement = sa.select(Outbox).where(Outbox.done_at.is_(None)).order_by(Outbox.id).limit(limit)
    return db.session.scalars(statement).all()


def backlog() -> tuple[int, float]:
    """How many due jobs nobody has taken up, and since when the oldest waits (seconds of the epoch, 0 for none)."""
    waiting = sa.and_(OPEN, Outbox.acked_at.is_(None), Outbox.due_at <= clock.now())
    count, oldest = db.session.execute(sa.select(sa.func.count(), sa.func.min(Outbox.due_at)).where(waiting)).one()
    return count, oldest.timestamp() if oldest is not None else 0.0


def event_of(row: Outbox) -> dict[str, Any]:
    """The event that carries this row: its id makes a second send harmless."""
    data = {**row.data, "tenant_id": str(row.tenant_id), "outbox_id": str(row.id)}
    return {"id": f"{row.id}:{row.generation}", "name": row.name, "data": data}


@use_case
def purge_done() -> int:
    """Forget promises that were kept more than thirty days ago, of all tenants; how many."""
    old = clock.now() - KEPT_FOR
    result: Any = db.session.execute(sa.delete(Outbox).where(Outbox.done_at <= old))
    mark_deleted()
    return int(result.rowcount)
