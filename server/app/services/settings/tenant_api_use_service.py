"""API usage per tenant: counted in memory and added to the database at intervals.

A request only costs an addition in memory. A killed process loses the counts of the last seconds.
"""

from __future__ import annotations

import threading
from collections import Counter
from datetime import date
from uuid import UUID

import sqlalchemy as sa
import structlog

from app.extensions import db
from app.models import TenantApiUse
from app.services.core import rows, upsert
from app.services.core.transaction import use_case
from app.utils import clock, scope
from app.utils.errors import NotFound

TABLE = TenantApiUse.__table__
log = structlog.get_logger()

_counted: Counter[tuple[UUID, date]] = Counter()  # by the day of the call, whenever it is stored
_lock = threading.Lock()


def count(tenant_id: UUID) -> None:
    """Count an API call of the tenant."""
    with _lock:
        _counted[tenant_id, clock.now().date()] += 1


def flush() -> None:
    """Add the counts of this process to the database; counts that cannot be added remain for the next call."""
    with _lock:
        # Copied and cleared, so that requests do not wait for the database.
        taken = Counter(_counted)
        _counted.clear()
    try:
        for tenant_id, day in list(taken):
            with scope.tenant(tenant_id):
                _add(day, taken[tenant_id, day])
            del taken[tenant_id, day]  # committed; what is left returns to `_counted`
    finally:
        with _lock:
            _counted.update(taken)


def forget() -> None:
    """Discard the counts of this process that are not stored yet."""
    with _lock:
        _counted.clear()


def this_month() -> int:
    """Return the API calls of the bound tenant in this calendar month (UTC)."""
    first = clock.now().date().replace(day=1)
    total = sa.select(sa.func.sum(TenantApiUse.calls)).where(TenantApiUse.day >= first)
    return int(db.session.scalar(total) or 0)


def _add(day: date, calls: int) -> None:
    try:
        _upsert(day, calls)
    except NotFound:  # violated foreign key to the tenant
        log.info("a tenant is gone whose calls were counted")


@use_case
def _upsert(day: date, calls: int) -> None:
    new = upsert.insert(TABLE).values(rows.new_row(day=day, calls=calls))
    # Added in SQL, because every server process stores its own counts.
    added = {"calls": TABLE.c.calls + new.excluded.calls, "updated_at": new.excluded.updated_at}
    db.session.execute(new.on_conflict_do_update(index_elements=["tenant_id", "day"], set_=added))
