"""Lists: filters, sort order and keyset pagination with signed cursors."""

from __future__ import annotations

import hashlib
import operator
from collections.abc import Callable, Iterable, Mapping
from datetime import UTC, datetime
from typing import Any, TypeVar
from urllib.parse import urlencode
from uuid import UUID

import orjson
import sqlalchemy as sa

from app.extensions import db
from app.models.base.types import UtcDateTime
from app.schemas.common import Out, Query
from app.schemas.lists import ListQuery, Page
from app.services.core.expansion import Expansion, expand
from app.utils import scope
from app.utils.addresses import addresses
from app.utils.errors import BadRequest
from app.utils.signing import signer

Answer = TypeVar("Answer", bound=Out)
MAX_COUNT = 10_000  # bounds the cost of a count in large tenants
NONE = "none"
EARLIEST, LATEST = datetime(1, 1, 1, tzinfo=UTC), datetime(9999, 12, 31, tzinfo=UTC)
BOUNDS = {"gte": operator.ge, "gt": operator.gt, "lte": operator.le, "lt": operator.lt}
# Two purposes, so that a cursor of one kind is not accepted as one of the other.
CURSOR_PURPOSE = "cursor"
PLACE_PURPOSE = "place"


def paginate(statement: sa.Select[Any], model: Any, query: ListQuery, within: UUID | str | None = None) -> Page[Any]:
    """Return one page of `statement` over `model` (or a subquery); rows are entities or tuples, as selected.

    `within` is the parent row of a nested list, or the name of the list: its cursors are invalid for any other list.
    BadRequest if the sort order or the cursor is invalid.
    """
    table = getattr(model, "__table__", model)
    statement = statement.where(*_filters(table, query, every=table is not model))
    total = count(statement, table) if query.include else None
    column, descending = order_of(table, query)
    if query.cursor:
        statement = statement.where(keyset_after(table, column, descending, *read_cursor(column, query, within)))
    statement = statement.order_by(*sorted_by(table, column, descending)).limit(query.limit + 1)
    rows = db.session.execute(statement).all()
    items = [row[0] for row in rows] if _selects_entity(statement) else list(rows)
    return build_page(items, query, lambda item: (getattr(item, column.key), item.id), total, within)


def first_rows(statement: sa.Select[Any], model: Any, query: ListQuery, most: int) -> tuple[list[Any], int]:
    """Return the first rows of a list and the number of all of them, in one statement."""
    statement = statement.where(*_filters(model.__table__, query, every=True))
    column, descending = order_of(model.__table__, query)
    is_entity = _selects_entity(statement)
    counted = statement.add_columns(_counting(statement, model.__table__).scalar_subquery().label("of_all"))
    rows = db.session.execute(counted.order_by(*sorted_by(model.__table__, column, descending)).limit(most)).all()
    return [row[0] if is_entity else row for row in rows], rows[0].of_all if rows else 0


def counting(statement: sa.Select[Any], model: Any, query: ListQuery) -> Any:
    """Return a scalar subquery of the number of rows of a list, up to 10 000, to count several lists at once."""
    statement = statement.where(*_filters(model.__table__, query, every=True))
    return _counting(statement, model.__table__).scalar_subquery()


def address(path: str, query: ListQuery) -> str:
    """Return the URL of a list with the parameters that were set."""
    return address_of(path, query.model_dump(mode="json", by_alias=True, exclude_unset=True))


def address_of(path: str, parameters: Mapping[str, Any]) -> str:
    """Return the URL of a list with parameters by name."""
    parts = parameters.items()
    written = {name: ",".join(map(str, value)) if isinstance(value, list) else value for name, value in parts}
    known = {name: str(value).lower() if isinstance(value, bool) else value for name, value in written.items()}
    return f"{addresses.api}/api/v1/{path}" + (f"?{urlencode(known)}" if known else "")


def build_page(
    items: list[Any],
    query: ListQuery,
    place: Callable[[Any], Any],
    total: int | None = None,
    within: UUID | str | None = None,
) -> Page[Any]:
    """Build a page from up to `limit` + 1 rows; `place` returns the sort value and the id of an item."""
    more = len(items) > query.limit
    items = items[: query.limit]
    cursor = _cursor(query, within, *place(items[-1])) if more else None
    # Not validated here: the endpoint validates the rows as its response schema.
    return Page.model_construct(data=items, has_more=more, next_cursor=cursor, total_count=total)


def page_as(schema: type[Answer], page: Page[Any]) -> Page[Answer]:
    """Return the page with its rows validated as `schema`."""
    return page.model_copy(update={"data": [schema.model_validate(row) for row in page.data]})


def page_with(schema: type[Answer], page: Page[Any], query: Any, known: Mapping[str, Expansion]) -> Page[Answer]:
    """Return the page with its rows validated as `schema`, and with what the query expands."""
    return page_as(schema, page.model_copy(update={"data": expand(page.data, query.expand, known)}))


def single_page(items: Iterable[Any]) -> Page[Any]:
    """Return a short list as a single page."""
    return Page.model_construct(data=list(items), has_more=False, next_cursor=None)


def contains(text: str, *columns: Any) -> Any:
    """Return the condition that a column contains the text, in upper or lower case."""
    return sa.or_(*(column.icontains(text, autoescape=True) for column in columns))


def _filters(table: Any, query: ListQuery, every: bool) -> list[Any]:
    """Return the conditions of the fields that are named like columns; without `every`, of the common ones only."""
    found = []
    for name, value in query.filters().items():
        column, _, bound = name.rpartition("_")
        if name == "ids":
            found.append(table.c.id.in_(value))
        elif bound in BOUNDS and f"{column}[{bound}]" == type(query).model_fields[name].alias:
            found.append(BOUNDS[bound](_column(table, column), value))
        elif every and name in table.c:
            found.append(equals(table.c[name], value))
    return found


def equals(column: Any, value: Any) -> Any:
    """Return the condition that the column has the value, or one of them; `none` stands for NULL."""
    if not isinstance(value, list):
        return column == value
    some = column.in_([each for each in value if each != NONE])
    return some | column.is_(None) if NONE in value else some


def _column(table: Any, name: str) -> Any:
    if name not in table.c:
        raise BadRequest(f"This list cannot be filtered by {name}.", code="invalid_parameters")
    return table.c[name]


def _selects_entity(statement: sa.Select[Any]) -> bool:
    described = statement.column_descriptions
    return len(described) == 1 and described[0]["expr"] is described[0]["entity"]


def order_of(table: Any, query: ListQuery) -> tuple[Any, bool]:
    """Return the sort column and whether the order is descending; BadRequest if the sort is not allowed."""
    name = check_sort(query)
    return table.c[query.sort_columns.get(name, name)], query.sort.startswith("-")


def check_sort(query: ListQuery) -> str:
    """Return what the query sorts by, without the sign; BadRequest unless the list can be sorted by it."""
    name = query.sort.removeprefix("-")
    if name not in query.sorts:
        raise BadRequest(f"`sort` must be one of: {', '.join(query.sorts)}.", code="bad_sort")
    return name


def sorted_by(table: Any, column: Any, descending: bool) -> list[Any]:
    """Return the ORDER BY terms of a list, with the id as tie-breaker."""
    column = _sortable(column, descending)
    return [column.desc(), table.c.id.desc()] if descending else [column.asc(), table.c.id.asc()]


def keyset_after(table: Any, column: Any, descending: bool, value: Any, last_id: Any) -> Any:
    """Return the condition for the rows after this value and id; either may be a bind parameter."""
    # A comparison of rows is one range of an index on (tenant_id, column, id); `a < x OR (a = x AND ...)` is not.
    here = sa.tuple_(_sortable(column, descending), table.c.id)
    last = sa.tuple_(_typed(value, column), _typed(last_id, table.c.id))
    return here < last if descending else here > last


def _sortable(column: Any, descending: bool) -> Any:
    """Return a moment without NULLs, which no row compares with: rows without a time come last in both orders."""
    if not getattr(column, "nullable", False):
        return column
    return sa.func.coalesce(column, sa.literal(_without_time(descending), column.type))


def _without_time(descending: bool) -> datetime:
    return EARLIEST if descending else LATEST


def read_cursor(column: Any, query: ListQuery, within: UUID | str | None = None) -> tuple[Any, UUID]:
    """Return the sort value and the id of the previous page's last row; BadRequest if the cursor is of another list."""
    signed_mark, value, last_id = signer.read_cursor(CURSOR_PURPOSE, str(query.cursor))
    if signed_mark != _mark(query, within):
        raise BadRequest("The cursor belongs to a different list, filter or sort order.", code="bad_cursor")
    return datetime.fromisoformat(value) if isinstance(column.type, UtcDateTime) else value, UUID(last_id)


def encode_cursor(query: Query, *place: Any) -> str:
    """Return a cursor for a sort order that the caller defines, bound to the tenant and the filters of `query`."""
    return signer.sign(PLACE_PURPOSE, [_mark_of_search(query), *place])


def decode_cursor(query: Any) -> tuple[Any, ...]:
    """Return the position from a cursor of `encode_cursor`; BadRequest if it belongs to another search."""
    mark, *place = signer.read_cursor(PLACE_PURPOSE, str(query.cursor))
    if mark != _mark_of_search(query):
        raise BadRequest("The cursor belongs to a different search.", code="bad_cursor")
    return tuple(place)


def _mark_of_search(query: Query) -> str:
    # The size of the pages and the facets may change from page to page.
    facts = [str(scope.tenant_id()), type(query).__name__, query.model_dump(exclude={"limit", "cursor", "facets"})]
    return hashlib.sha256(orjson.dumps(facts, default=str)).hexdigest()[:16]


def _typed(value: Any, column: Any) -> Any:
    # Inside a tuple, SQLAlchemy does not derive the type of a value from the other side.
    return value if isinstance(value, sa.BindParameter) else sa.literal(value, column.type)


def _mark(query: ListQuery, within: UUID | str | None) -> str:
    """Digest what a cursor is bound to: tenant (None for the platform), list, filters and sort order."""
    bound = scope.current()
    facts = [str(bound and bound.tenant_id), str(within), type(query).__name__, query.sort, query.filters()]
    return hashlib.sha256(orjson.dumps(facts, default=str)).hexdigest()[:16]


def _cursor(query: ListQuery, within: UUID | str | None, value: Any, last_id: UUID) -> str:
    value = _without_time(query.sort.startswith("-")) if value is None else value
    value = value.isoformat() if isinstance(value, datetime) else value
    return signer.sign(CURSOR_PURPOSE, [_mark(query, within), value, str(last_id)])


def count(statement: sa.Select[Any], table: Any, parameters: dict[str, Any] | None = None) -> int:
    """Count the matching rows, up to 10 000."""
    return db.session.scalar(_counting(statement, table), parameters) or 0


def _counting(statement: sa.Select[Any], table: Any) -> sa.Select[Any]:
    # Keep the joins: the conditions may refer to them.
    ids = statement.with_only_columns(table.c.id, maintain_column_froms=True)
    return sa.select(sa.func.count()).select_from(ids.order_by(None).limit(MAX_COUNT).subquery())
