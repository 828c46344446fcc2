"""Single rows: lookup by id, locks, version checks, changes and limits."""

from __future__ import annotations

from collections.abc import Iterable
from functools import lru_cache
from typing import Any, TypeVar, cast
from uuid import UUID

import sqlalchemy as sa

from app.extensions import db
from app.models.base.model import BaseModel
from app.models.base.tenancy import prepared
from app.models.tenant import Tenant
from app.utils import clock, ids, scope
from app.utils.errors import Conflict, NotFound, PreconditionFailed

M = TypeVar("M", bound=BaseModel)
MACHINERY = ("id", "tenant_id", "created_at", "updated_at", "version")  # set for each new row, never copied


def get(model: type[M], row_id: UUID, *options: Any) -> M:
    """Return the row; NotFound if it does not exist, belongs to another tenant or is not visible."""
    found = db.session.scalars(_by_id(model, options, scope.tenant_id()), {"row_id": row_id})
    row: M | None = found.unique().one_or_none()  # joined collections repeat the row
    if row is None:
        raise not_found(model)
    return row


def get_own(model: type[M], row_id: UUID) -> M:
    """Return the row of the acting user; NotFound, too, if it is another user's."""
    row = get(model, row_id)
    if cast(Any, row).user_id != scope.user_id():
        raise not_found(model)
    return row


def not_found(model: type[BaseModel]) -> NotFound:
    """Return the error for a row that does not exist, or that the actor does not see."""
    return NotFound(f"There is no such {_noun(model)}.")


@lru_cache(maxsize=4096)  # per model, options and tenant: the tenant is part of the statement
def _by_id(model: Any, options: tuple[Any, ...], tenant: UUID) -> Any:
    """Return the statement, built once. With `options`, relationships are loaded even if the session has the row."""
    statement = sa.select(model).where(model.id == sa.bindparam("row_id")).options(*options)
    return prepared(statement.execution_options(populate_existing=bool(options)))


def new_row(**values: Any) -> dict[str, Any]:
    """Return the values of a new row of the bound tenant, for an insert that bypasses the ORM."""
    now = clock.now()
    return {"id": ids.new_id(), "tenant_id": scope.tenant_id(), "created_at": now, "updated_at": now, **values}


def columns_of(row: Any) -> dict[str, Any]:
    """Return the values of all columns of a row, by name."""
    return {name: getattr(row, name) for name in row.__table__.columns.keys()}


def values_of(row: Any, *without: str) -> dict[str, Any]:
    """Return the values for a copy of a row: all columns, including future ones, except MACHINERY and `without`."""
    return {name: value for name, value in columns_of(row).items() if name not in (*MACHINERY, *without)}


def lock_for_delete(model: type[M], row_id: UUID) -> M:
    """Lock the row FOR UPDATE, which also blocks new references to it, before its children are deleted or moved."""
    return _locked(model, row_id, key_share=False)


def lock_row(model: type[M], row_id: UUID) -> M:
    """Lock the row FOR NO KEY UPDATE, which still allows other transactions to reference it.

    The second update of a row in a transaction checks its foreign keys again (PostgreSQL, ri_triggers.c). With a
    stronger lock on a parent, two transactions that hold children of it could deadlock.
    """
    return _locked(model, row_id, key_share=True)


def _locked(model: type[M], row_id: UUID, key_share: bool) -> M:
    statement = sa.select(model).where(model.id == row_id)
    # SQLite has no row locks: its use cases hold the write lock from the start.
    statement = statement.with_for_update(key_share=key_share)
    # Read again what the session knows: another transaction may have changed it before the lock was granted.
    row: M | None = db.session.scalars(statement.execution_options(populate_existing=True)).one_or_none()
    if row is None:
        raise NotFound(f"There is no such {_noun(model)}.")
    return row


def lock_all(model: type[M], condition: Any) -> list[M]:
    """Lock the visible rows that meet a condition, in the order of their ids, so that two actions cannot deadlock."""
    statement = sa.select(model).where(condition).order_by(model.id).with_for_update()
    # The session may hold the rows as they were before the lock.
    return list(db.session.scalars(statement.execution_options(populate_existing=True)))


def count_up(locked: Iterable[Any]) -> None:
    """Increment the versions of locked rows, as `lock_for_update` does for a single one."""
    for row in locked:
        row.version += 1


def lock_for_update(model: type[M], row_id: UUID, if_match: int | None = None) -> M:
    """Lock the row and increment its version; PreconditionFailed if `if_match` is not the current version."""
    row: Any = lock_row(model, row_id)
    if if_match is not None and row.version != if_match:
        raise PreconditionFailed(
            f"The {_noun(model)} has changed. Reload it and try again.",
            current_version=row.version,
            headers={"ETag": f'"{row.version}"'},
        )
    row.version += 1
    locked: M = row
    return locked


def apply_changes(row: Any, changes: dict[str, Any]) -> list[str]:
    """Set the values that differ and return the names of the changed fields, sorted."""
    changed = sorted(name for name, value in changes.items() if getattr(row, name) != value)
    for name in changed:
        setattr(row, name, changes[name])
    return changed


def flatten_value(values: dict[str, Any], name: str, columns: dict[str, str]) -> dict[str, Any]:
    """Replace the value `name` by its parts, given as {column: part}; all columns are null if the value is null."""
    if name not in values:
        return values
    whole = values[name] or {}
    rest = {each: value for each, value in values.items() if each != name}
    return rest | {column: whole.get(part) for column, part in columns.items()}


def enforce_limit(most: int, model: Any, rule: str, code: str, *conditions: Any) -> None:
    """Conflict if there are `most` rows already; `rule` states the limit, without "at most". Inside a use case."""
    # One at a time, or two could both find room. `key_share`: inserts of other rows of the tenant go on.
    db.session.execute(sa.select(Tenant.id).where(Tenant.id == scope.tenant_id()).with_for_update(key_share=True))
    count = sa.select(sa.func.count()).select_from(model).where(*conditions)
    if (db.session.scalar(count) or 0) >= most:
        raise Conflict(f"{rule} at most.", code=code)


def is_referenced(column: Any, row: Any) -> bool:
    """Return whether any row of the tenant references `row` by `column`, whether or not it is visible to the actor."""
    table = column.class_.__table__
    naming = sa.select(table.c.id).where(table.c.tenant_id == row.tenant_id, table.c[column.key] == row.id).limit(1)
    # Past the ORM, which would add the visibility conditions.
    return db.session.connection().execute(naming).first() is not None


def scalar_lookup(column: Any, own_id: Any) -> Any:
    """Return a column of the row with this id, as a scalar subquery.

    PostgreSQL does not turn a scalar subquery into a join. It reads one row by key whatever the table statistics say,
    whereas a join may loop over all rows of a tenant.
    """
    return as_scalar(column.class_, sa.select(column).where(column.class_.id == own_id))


def as_scalar(model: Any, statement: sa.Select[Any]) -> Any:
    """Return a statement over `model` as a scalar subquery, correlated to the enclosing statement."""
    return statement.correlate_except(model).scalar_subquery()


def _noun(model: Any) -> str:
    # CandidateResume: "candidate resume".
    return "".join(f" {char.lower()}" if char.isupper() else char for char in model.__name__).strip()
