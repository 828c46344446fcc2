"""Tenant isolation: a mixin, guards for reads and writes, composite keys, and the settings of row security.

The policies are created by migrations; a test checks that every tenant table has one.
"""

from __future__ import annotations

from functools import lru_cache
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy import event
from sqlalchemy.orm import (
    Mapped,
    ORMExecuteState,
    Session,
    UOWTransaction,
    declared_attr,
    mapped_column,
    with_loader_criteria,
)

from app.extensions import db, open_session
from app.utils import scope
from app.utils.scope import ScopeError

# `true`: until the end of the transaction, so that a pooled connection does not keep the tenant.
SETTINGS = "select set_config('app.tenant_id', %s, true), set_config('app.platform', %s, true)"


class TenantScoped:
    """A row of one tenant. Indexes and keys of its table start with `tenant_id`."""

    @declared_attr
    def tenant_id(cls) -> Mapped[UUID]:
        return mapped_column(sa.ForeignKey("tenants.id", ondelete="CASCADE"), nullable=False, sort_order=-9)

    @declared_attr.directive
    def __table_args__(cls) -> tuple[Any, ...]:
        return tenant_table(*getattr(cls, "__keys__", ()))


def tenant_table(*keys: Any) -> tuple[Any, ...]:
    """Return the table arguments of a tenant table: `keys`, and the unique key that composite foreign keys refer to."""
    # The id alone is unique, but a foreign key needs a unique key of exactly its columns.
    return (sa.UniqueConstraint("tenant_id", "id"), *keys)


def within_tenant(column: str, table: str, ondelete: str = "RESTRICT") -> sa.ForeignKeyConstraint:
    """Return a foreign key between two tenant tables that only allows rows of the same tenant."""
    # PostgreSQL checks references without row security, so the tenant must be part of the key.
    return sa.ForeignKeyConstraint(["tenant_id", column], [f"{table}.tenant_id", f"{table}.id"], ondelete=ondelete)


def install() -> None:
    """Attach the guards to the session class; idempotent."""
    if event.contains(Session, "do_orm_execute", _guard_read):
        return
    event.listen(Session, "do_orm_execute", _guard_read)
    event.listen(Session, "before_flush", _guard_write)
    scope.on_change(_start_anew)


def database_settings() -> tuple[str, str]:
    """Return the parameters of `SETTINGS`, from which row security takes the visible tenant for one transaction."""
    bound = scope.current()
    # Without a bound scope: no tenant and no platform, so the policies show nothing.
    tenant = str(bound.tenant_id) if bound and bound.tenant_id else ""
    return tenant, "on" if bound and bound.tenant_id is None else "off"


def _guard_read(state: ORMExecuteState) -> None:
    """Add the tenant's condition to every ORM statement; without a bound scope, no tenant row is visible."""
    bound = scope.current()
    # Bulk inserts do not pass `before_flush`.
    if state.is_insert:
        _check_bulk(state, bound)
        return
    if bound is not None and bound.tenant_id is None:
        return
    tenant = bound.tenant_id if bound else None
    # A prepared statement has the condition already, unless it was prepared for another tenant.
    if tenant is None or state.execution_options.get("prepared_for") != tenant:
        state.statement = state.statement.options(_criteria(tenant))


def prepared(statement: Any) -> Any:
    """Return `statement` with the bound tenant's condition; the caller may cache it for this tenant only."""
    tenant = scope.tenant_id()
    return statement.options(_criteria(tenant)).execution_options(prepared_for=tenant)


@lru_cache(maxsize=4096)
def _criteria(tenant: UUID | None) -> Any:
    """Return the condition on every tenant table of a statement, cached per tenant."""
    if tenant is None:
        return with_loader_criteria(TenantScoped, lambda cls: sa.false(), include_aliases=True)
    return with_loader_criteria(TenantScoped, lambda cls: cls.tenant_id == tenant, include_aliases=True)


def _check_bulk(state: ORMExecuteState, bound: scope.Scope | None) -> None:
    """Set the tenant of the rows of a bulk insert; ScopeError if a row is of another tenant."""
    if state.bind_mapper is None or not issubclass(state.bind_mapper.class_, TenantScoped):
        return
    if bound is None:
        raise ScopeError("a tenant row cannot be written with no tenant bound")
    rows: list[Any] = state.parameters if isinstance(state.parameters, list) else [state.parameters or {}]
    for row in rows:
        if bound.tenant_id is not None and row.setdefault("tenant_id", bound.tenant_id) != bound.tenant_id:
            raise ScopeError("a row of another tenant cannot be written")


def _guard_write(session: Session, flush: UOWTransaction, instances: Any) -> None:
    """Set a missing tenant; ScopeError if a row is of another tenant or changes its tenant."""
    bound = scope.current()
    for row in [*session.new, *session.dirty, *session.deleted]:
        if isinstance(row, TenantScoped):
            _check_row(row, bound)


def _check_row(row: TenantScoped, bound: scope.Scope | None) -> None:
    if bound is None:
        raise ScopeError("a tenant row cannot be written with no tenant bound")
    if sa.inspect(row).attrs.tenant_id.history.deleted:  # the value that was replaced
        raise ScopeError("a row cannot move to another tenant")
    if row.tenant_id is None:
        row.tenant_id = scope.tenant_id()
    if bound.tenant_id is not None and row.tenant_id != bound.tenant_id:
        raise ScopeError("a row of another tenant cannot be written")


def _start_anew() -> None:
    """Close the session when the scope changes; ScopeError if it has unsaved changes or is inside a use case."""
    # Its identity map would return rows of the previous tenant without a statement.
    session = open_session()
    if session is None:
        return
    if session.new or session.dirty or session.deleted or session.info.get("unit") is not None:
        raise ScopeError("the scope cannot change inside a use case")
    session.close()


def tenant_tables() -> list[sa.Table]:
    """Return every table with a tenant column."""
    return [table for table in db.metadata.sorted_tables if "tenant_id" in table.columns]


def columns_to_itself(table: sa.Table) -> list[str]:
    """Return the columns that refer to other rows of the same table, such as a user's manager."""
    keys = [key for key in table.foreign_key_constraints if key.referred_table is table]
    return [name for key in keys for name in key.column_keys if name != "tenant_id"]  # the keys are composite
