"""Deletion of a tenant after its grace period: rows, files and sessions."""

from __future__ import annotations

from typing import Any
from uuid import UUID

import sqlalchemy as sa

from app.extensions import db
from app.models import Tenant
from app.models.base.tenancy import columns_to_itself, tenant_tables
from app.services.access import principal_service
from app.services.core.transaction import mark_deleted, use_case
from app.services.events import ledger_owner, platform_event_service
from app.utils import clock, scope
from app.utils.file_store import file_store

AT_ONCE = 2_000  # rows per transaction, so that locks are held briefly


def due() -> list[str]:
    """Return the ids (as text) of the tenants whose grace period is over; in the platform's scope."""
    over = sa.select(Tenant.id).where(Tenant.delete_after <= clock.now()).order_by(Tenant.delete_after)
    return [str(tenant_id) for tenant_id in db.session.scalars(over)]


def purge(tenant_id: str) -> int:
    """Delete a tenant whose grace period is over, in small transactions; return the number of rows. Safe to repeat."""
    with scope.tenant(UUID(tenant_id), scope.actor()):
        # Checked again: the deletion may have been cancelled since `due`.
        if not _is_due():
            return 0
        _loosen_rows()
        # Children before their parents. The application's role may not delete from the tables of the ledger.
        others = [table for table in reversed(tenant_tables()) if table.name not in ledger_owner.TABLES]
        deleted = sum(_empty(table) for table in others) + _empty_ledger()
        file_store.delete_all(f"{scope.tenant_id()}/")
        # The tenant's row goes last: as long as it is there, the next run repeats what a crash left.
        _finish(deleted)
        return deleted


def _is_due() -> bool:
    over = sa.select(Tenant.id).where(Tenant.id == scope.tenant_id(), Tenant.delete_after <= clock.now())
    return db.session.scalar(over) is not None


@use_case
def _loosen_rows() -> None:
    """Clear references between rows of the same table, such as from users to managers."""
    for table in tenant_tables():
        columns = columns_to_itself(table)
        # Rows are deleted in no particular order, which these references would block.
        if columns:
            own = sa.update(table).where(table.c.tenant_id == scope.tenant_id())
            db.session.execute(own.values(dict.fromkeys(columns)))
    mark_deleted()


def _empty(table: sa.Table) -> int:
    total = 0
    while deleted := _delete_some(table):
        total += deleted
    return total


def _empty_ledger() -> int:
    total = 0
    while deleted := _purge_some_of_the_ledger():
        total += deleted
    return total


@use_case
def _purge_some_of_the_ledger() -> int:
    return ledger_owner.purge_some(AT_ONCE)


@use_case
def _delete_some(table: sa.Table) -> int:
    key = sa.tuple_(*table.primary_key.columns)
    some = sa.select(*table.primary_key.columns).where(table.c.tenant_id == scope.tenant_id()).limit(AT_ONCE)
    result: Any = db.session.execute(sa.delete(table).where(key.in_(some)))
    mark_deleted()
    return int(result.rowcount)


@use_case
def _finish(deleted: int) -> None:
    tenant = db.session.get_one(Tenant, scope.tenant_id(), with_for_update=True)
    platform_event_service.record("tenant.purged", tenant, rows=deleted, slug=tenant.slug)
    principal_service.invalidate(tenant)
    db.session.flush()
    ledger_owner.end_tenant()
