"""When people last did something about candidates and applications, as the audit trail says.

A function follows the trail once a minute. If each use case wrote it, all of a candidate's requests would wait for one
row, and every one of them would cost one more statement.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

import sqlalchemy as sa

from app.extensions import db
from app.models import Application, Candidate, Event, Tenant, TenantCounter
from app.models.base.tenancy import tenant_tables
from app.models.tenant import TenantStatus
from app.services.core import active_tenants
from app.services.core.transaction import use_case
from app.utils import scope

AT_ONCE = 1000  # events in a transaction
PEOPLE = ("user", "api_key", "candidate", "platform")  # what functions do by themselves is no activity
EVENTS, COUNTERS = Event.__table__, TenantCounter.__table__
Moments = dict[UUID, datetime]


def follow_all() -> int:
    """Follow the trails of all active tenants with new events; return the number of events. In the platform's scope."""
    active = sa.and_(Tenant.id == TenantCounter.tenant_id, Tenant.status == TenantStatus.ACTIVE)
    behind = sa.select(TenantCounter.tenant_id).join(Tenant, active)
    tenants = db.session.scalars(behind.where(TenantCounter.activity_seq < TenantCounter.seq)).all()
    return active_tenants.in_each(tenants, follow)


def follow() -> int:
    """Follow the trail of the bound tenant to its end; return the number of events."""
    done = batch = _follow()
    while batch == AT_ONCE:
        done += (batch := _follow())
    return done


@use_case(retries=3)
def _follow() -> int:
    """Take up the next events. Safe to repeat: a moment is only replaced by a later one."""
    # Past the ORM: the use case changes rows whatever the visibility, and must not load entities.
    connection = db.session.connection()
    own = COUNTERS.c.tenant_id == scope.tenant_id()
    after = connection.execute(sa.select(COUNTERS.c.activity_seq).where(own)).scalar_one()
    names = ("seq", "actor_kind", "subject_type", "subject_id", "candidate_id", "occurred_at")
    trail = sa.select(*(EVENTS.c[name] for name in names)).where(EVENTS.c.tenant_id == scope.tenant_id())
    events = connection.execute(trail.where(EVENTS.c.seq > after).order_by(EVENTS.c.seq).limit(AT_ONCE)).all()
    by_people = [event for event in events if event.actor_kind in PEOPLE]
    _note(Candidate.__table__, _latest((each.candidate_id, each.occurred_at) for each in by_people))
    _note(Application.__table__, _latest(_of_applications(by_people)))
    if events:
        connection.execute(sa.update(COUNTERS).where(own).values(activity_seq=events[-1].seq))
    return len(events)


def _of_applications(events: list[Any]) -> Iterable[tuple[UUID | None, datetime]]:
    """Return application and time of each event about an application or what belongs to one, such as an interview."""
    of = {table.name: _applications_of(table, events) for table in tenant_tables() if "application_id" in table.columns}
    for event in events:
        if event.subject_type == Application.__tablename__:
            yield event.subject_id, event.occurred_at
        elif event.subject_type in of:
            yield of[event.subject_type].get(event.subject_id), event.occurred_at


def _applications_of(table: sa.Table, events: list[Any]) -> Mapping[UUID, UUID]:
    ids = {event.subject_id for event in events if event.subject_type == table.name}
    if not ids:
        return {}
    own = (table.c.tenant_id == scope.tenant_id(), table.c.id.in_(ids))
    found = db.session.connection().execute(sa.select(table.c.id, table.c.application_id).where(*own))
    return {row.id: row.application_id for row in found}


def _latest(found: Iterable[tuple[UUID | None, datetime]]) -> Moments:
    latest: Moments = {}
    for row_id, moment in found:
        if row_id is not None:
            latest[row_id] = max(moment, latest.get(row_id, moment))
    return latest


def _note(table: Any, latest: Moments) -> None:
    own = (table.c.tenant_id == scope.tenant_id(), table.c.id == sa.bindparam("row_id"))
    newer = table.c.last_activity_at < sa.bindparam("moment", type_=table.c.last_activity_at.type)
    # `updated_at` stays: the row has not changed.
    values = {"last_activity_at": sa.bindparam("moment"), "updated_at": table.c.updated_at}
    if latest:  # by id, so that two runs lock rows in one order
        rows = [{"row_id": row_id, "moment": moment} for row_id, moment in sorted(latest.items())]
        db.session.connection().execute(sa.update(table).where(*own, newer).values(values), rows)
