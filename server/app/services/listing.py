"""The one way to list rows: filters, order, keyset pages with signed cursors."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from datetime import datetime
from typing import Any
from uuid import UUID

import orjson
import sqlalchemy as sa

from app.extensions import db
from app.models.types import UtcDateTime
from app.schemas.common import ListQuery, Page
from app.utils import scope
from app.utils.errors import BadRequest
from app.utils.signing import signer

MAX_COUNT = 10_000
CURSOR_PURPOSE = "cursor"


def paginate(statement: sa.Select[Any], model: Any, query: ListQuery, *, columns: bool = False) -> Page[Any]:
    """Run `statement` over `model` for one page of `query`; rows are entities or tuples, as selected.

    With `columns` the statement names tables and columns only and runs past the ORM; the tenant is added here.
    """
    table = model.__table__
    if columns:
        statement = statement.where(table.c.tenant_id == scope.tenant_id())
    statement = _common_filters(statement, table, query)
    total = _count(statement, table) if query.include else None
    column, descending = _order(table, query)
    mark = _mark(query)
    if query.cursor:
        statement = statement.where(_beyond(table, column, descending, query.cursor, mark))
    order = [column.desc(), table.c.id.desc()] if descending else [column.asc(), table.c.id.asc()]
    statement = statement.order_by(*order).limit(query.limit + 1)
    rows = read_columns(statement) if columns else db.session.execute(statement).all()
    more = len(rows) > query.limit
    rows = rows[: query.limit]
    items = [row[0] for row in rows] if not columns and _selects_entity(statement) else list(rows)
    cursor = _cursor(items[-1], column.key, mark) if more else None
    return Page.model_construct(data=items, has_more=more, next_cursor=cursor, total_count=total)


def read_columns(statement: Any, parameters: dict[str, Any] | None = None) -> Any:
    """Run a statement of tables and columns in the session's transaction; it must name the tenant itself."""
    return db.session.connection().execute(statement, parameters).all()


def whole(items: Iterable[Any]) -> Page[Any]:
    """A short list as its only page."""
    return Page.model_construct(data=list(items), has_more=False, next_cursor=None)


def _common_filters(statement: sa.Select[Any], table: Any, query: ListQuery) -> sa.Select[Any]:
    if query.ids is not None:
        statement = statement.where(table.c.id.in_(query.ids))
    if query.updated_after is not None:
        statement = statement.where(table.c.updated_at > query.updated_after)
    return statement


def _selects_entity(statement: sa.Select[Any]) -> bool:
    described = statement.column_descriptions
    return len(described) == 1 and described[0]["expr"] is described[0]["entity"]


def _order(table: Any, query: ListQuery) -> tuple[Any, bool]:
    name = query.sort.removeprefix("-")
    if name not in query.sorts:
        raise BadRequest(f"Sort by one of: {', '.join(query.sorts)}.", code="bad_sort")
    return table.c[name], query.sort.startswith("-")


def _mark(query: ListQuery) -> str:
    """A digest of the tenant, the filters and the order that a cursor is bound to."""
    facts = [str(scope.tenant_id()), type(query).__name__, query.sort, query.filters()]
    return hashlib.sha256(orjson.dumps(facts, default=str)).hexdigest()[:16]


def _cursor(item: Any, key: str, mark: str) -> str:
    value = getattr(item, key)
    value = value.isoformat() if isinstance(value, datetime) else value
    return signer.sign(CURSOR_PURPOSE, [mark, value, str(item.id)])


def _beyond(table: Any, column: Any, descending: bool, cursor: str, mark: str) -> Any:
    signed_mark, value, last_id = signer.read_cursor(CURSOR_PURPOSE, cursor)
    if signed_mark != mark:
        raise BadRequest("The cursor belongs to another list, filter or order.", code="bad_cursor")
    if isinstance(column.type, UtcDateTime):
        value = datetime.fromisoformat(value)
    here = sa.tuple_(column, table.c.id)
    last = sa.tuple_(sa.literal(value, column.type), sa.literal(UUID(last_id), table.c.id.type))
    return here < last if descending else here > last


def _count(statement: sa.Select[Any], table: Any) -> int:
    """How many rows match, counting no further than 10 000."""
    rows = (
        statement.with_only_columns(table.c.id, maintain_column_froms=True).order_by(None).limit(MAX_COUNT).subquery()
    )
    return db.session.scalar(sa.select(sa.func.count()).select_from(rows)) or 0
