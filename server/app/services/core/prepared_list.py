"""Prepared lists for hot paths: one statement per combination of filters and sort order, compiled once."""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache
from typing import Any

import sqlalchemy as sa

from app.schemas.lists import ListQuery, Page
from app.services.core import listing
from app.services.core.column_reads import PreparedRead, read_rows
from app.utils import scope

MAX_SHAPES = 256  # callers choose the combinations: bound the memory


class PreparedList:
    """Pages of `statement` over `model`, with rows as mappings.

    `condition` returns the condition of a filter by name, with a bind parameter of that name.
    """

    def __init__(self, statement: sa.Select[Any], model: Any, condition: Callable[[str], Any]) -> None:
        self._statement = statement
        self._table = model.__table__
        self._condition = condition
        # Of each date, with a bind parameter named like the field of the query.
        self._bounds = {
            f"{column.key}_{bound}": compare(column, sa.bindparam(f"{column.key}_{bound}", type_=column.type))
            for column in self._table.c
            for bound, compare in listing.BOUNDS.items()
        }
        self._prepared = lru_cache(MAX_SHAPES)(lambda *shape: PreparedRead(self._page(*shape)))

    def page(self, query: ListQuery, values: dict[str, Any], *conditions: Any) -> Page[Any]:
        """Return one page of `query`; `values` are the filters that are set, by name.

        Any `conditions` (and filtering by ids) bypass the cache of compiled statements.
        """
        column, descending = listing.order_of(self._table, query)
        values = {**values, "tenant_id": scope.tenant_id()}
        values |= {name: value for name, value in query.filters().items() if name in self._bounds}
        if query.ids is not None:
            conditions = (*conditions, self._table.c.id.in_(query.ids))
        total = self._count(values, conditions) if query.include else None
        shape = (tuple(values), column.key, descending, bool(query.cursor))
        if query.cursor:
            values["after"], values["after_id"] = listing.read_cursor(column, query)
        values["size"] = query.limit + 1
        # Their values are part of the statement, which would fill the cache with statements that are used once.
        if conditions:
            rows = read_rows(self._page(*shape).where(*conditions), values)
        else:
            rows = self._prepared(*shape).rows(**values)
        return listing.build_page(list(rows), query, lambda row: (row[column.key], row["id"]), total)

    def _count(self, values: dict[str, Any], conditions: tuple[Any, ...]) -> int:
        return listing.count(self._filtered(tuple(values)).where(*conditions), self._table, values)

    def _filtered(self, names: tuple[str, ...]) -> sa.Select[Any]:
        table = self._table
        common = {"tenant_id": table.c.tenant_id == sa.bindparam("tenant_id"), **self._bounds}
        return self._statement.where(*(common[name] if name in common else self._condition(name) for name in names))

    def _page(self, names: tuple[str, ...], sort: str, descending: bool, goes_on: bool) -> sa.Select[Any]:
        table = self._table
        column = table.c[sort]
        statement = self._filtered(names)
        if goes_on:
            # Typed here: `keyset_after` leaves bind parameters as they are.
            after = sa.bindparam("after", type_=column.type), sa.bindparam("after_id", type_=table.c.id.type)
            statement = statement.where(listing.keyset_after(table, column, descending, *after))
        return statement.order_by(*listing.sorted_by(table, column, descending)).limit(
            sa.bindparam("size", type_=sa.Integer)
        )
