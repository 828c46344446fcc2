"""Finding one row: NotFound where it is not the tenant's, a lock and a version check where it will change."""

from __future__ import annotations

from functools import lru_cache
from typing import Any, TypeVar
from uuid import UUID

import sqlalchemy as sa

from app.extensions import db
from app.models.base.model import BaseModel
from app.models.base.tenancy import prepared
from app.utils import clock, ids, scope
from app.utils.errors import Conflict, Invalid, NotFound, PreconditionFailed

M = TypeVar("M", bound=BaseModel)
MACHINERY = ("id", "tenant_id", "created_at", "updated_at", "version")


def get(model: type[M], row_id: UUID, *options: Any) -> M:
    """The row, or NotFound: another tenant's row is not there."""
    found = db.session.scalars(_by_id(model, options, scope.tenant_id()), {"row_id": row_id})
    row: M | None = found.unique().one_or_none()
    if row is None:
        raise NotFound(f"There is no such {_noun(model)}.")
    return row


@lru_cache(maxsize=4096)
def _by_id(model: Any, options: tuple[Any, ...], tenant: UUID) -> Any:
    """The statement, made once: what is asked for is loaded also on a row that the session knows already."""
    statement = sa.select(model).where(model.id == sa.bindparam("row_id")).options(*options)
    return prepared(statement.execution_options(populate_existing=bool(options)))


def new_row(**values: Any) -> dict[str, Any]:
    """A row of the bound tenant for an insert past the ORM: its key and times, and `values`."""
    now = clock.now()
    return {"id": ids.new_id(), "tenant_id": scope.tenant_id(), "created_at": now, "updated_at": now, **values}


def columns_of(row: Any) -> dict[str, Any]:
    """All columns of a row by their names."""
    return {name: getattr(row, name) for name in row.__table__.columns.keys()}


def values_of(row: Any, *without: str) -> dict[str, Any]:
    """All columns of a row for a copy of it, also those that will come one day, but for its machinery and `without`."""
    return {name: value for name, value in columns_of(row).items() if name not in (*MACHINERY, *without)}


def lock_for_delete(model: type[M], row_id: UUID) -> M:
    """The row under a lock that nobody can refer to meanwhile: what belongs to it is about to go or to move."""
    return _locked(model, row_id, key_share=False)


def lock_row(model: type[M], row_id: UUID) -> M:
    """The row under a lock that leaves others free to refer to it.

    The second update of a row in one transaction asks anew for what it refers to (PostgreSQL, ri_triggers.c), so that
    a stronger lock on a parent would make two who hold children of it wait for each other.
    """
    return _locked(model, row_id, key_share=True)


def _locked(model: type[M], row_id: UUID, key_share: bool) -> M:
    statement = sa.select(model).where(model.id == row_id)
    statement = statement.with_for_update(key_share=key_share)
    row: M | None = db.session.scalars(statement.execution_options(populate_existing=True)).one_or_none()
    if row is None:
        raise NotFound(f"There is no such {_noun(model)}.")
    return row


def lock_for_update(model: type[M], row_id: UUID, if_match: int | None = None) -> M:
    """The row under a lock, its version compared with the one the caller saw and then counted up."""
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
    """Set what differs; the names of the fields that changed, sorted."""
    changed = sorted(name for name, value in changes.items() if getattr(row, name) != value)
    for name in changed:
        setattr(row, name, changes[name])
    return changed


def flatten_value(values: dict[str, Any], name: str, columns: dict[str, str]) -> dict[str, Any]:
    """The values with one that stands in several columns (column: part of it) apart; all are null where it is."""
    if name not in values:
        return values
    whole = values[name] or {}
    rest = {each: value for each, value in values.items() if each != name}
    return rest | {column: whole.get(part) for column, part in columns.items()}


def enforce_limit(most: int, model: Any, rule: str, code: str, *conditions: Any) -> None:
    """Conflict where there are `most` rows already; `rule` says what has the limit, without "at most"."""
    count = sa.select(sa.func.count()).select_from(model).where(*conditions)
    if (db.session.scalar(count) or 0) >= most:
        raise Conflict(f"{rule} at most.", code=code)


def is_referenced(column: Any, row: Any) -> bool:
    """Whether `column` of any row of the tenant names `row`, also where the actor does not see who names it."""
    table = column.class_.__table__
    naming = sa.select(table.c.id).where(table.c.tenant_id == row.tenant_id, table.c[column.key] == row.id).limit(1)
    return db.session.connection().execute(naming).first() is not None


def scalar_lookup(column: Any, own_id: Any) -> Any:
    """A column of the one row with this id.

    PostgreSQL does not turn such a subquery into a join: whatever it believes of the size of a tenant, it reads one
    row by the key, where a join may be a loop over all of them.
    """
    return as_scalar(column.class_, sa.select(column).where(column.class_.id == own_id))


def as_scalar(model: Any, statement: sa.Select[Any]) -> Any:
    """A statement over `model` as one value of a row of the statement around it."""
    return statement.correlate_except(model).scalar_subquery()


def refuse_nulls(values: dict[str, Any], nullable: frozenset[str] = frozenset()) -> None:
    """Invalid where a field is set to null that needs a value."""
    nulls = [name for name, value in values.items() if value is None and name not in nullable]
    if nulls:
        errors = [{"pointer": f"/{name}", "code": "null_not_allowed", "detail": "cannot be null"} for name in nulls]
        raise Invalid("Some fields cannot be null.", code="null_not_allowed", errors=errors)


def _noun(model: Any) -> str:
    return "".join(f" {char.lower()}" if char.isupper() else char for char in model.__name__).strip()
