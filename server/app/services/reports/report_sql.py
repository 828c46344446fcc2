"""Arithmetic that has the same result on PostgreSQL and SQLite: durations, conditional sums and percentiles."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.compiler import SQLCompiler
from sqlalchemy.sql.functions import FunctionElement


class seconds_between(FunctionElement[int]):  # lower case, like an SQL function
    """Whole seconds between two moments."""

    type = sa.BigInteger()
    inherit_cache = True


@compiles(seconds_between, "postgresql")
def _on_postgresql(element: Any, compiler: SQLCompiler, **options: Any) -> str:
    start, end = (compiler.process(clause, **options) for clause in element.clauses)
    return f"cast(extract(epoch from ({end}) - ({start})) as bigint)"


@compiles(seconds_between, "sqlite")
def _on_sqlite(element: Any, compiler: SQLCompiler, **options: Any) -> str:
    start, end = (compiler.process(clause, **options) for clause in element.clauses)
    # Rounded, because SQLite's cast truncates, while PostgreSQL's rounds.
    return f"cast(round((julianday({end}) - julianday({start})) * 86400) as integer)"


def count_if(condition: Any) -> Any:
    """Return the number of rows that meet the condition."""
    return sa.func.coalesce(sa.func.sum(sa.case((condition, 1), else_=0)), 0)  # the sum of no rows is null


def total(condition: Any, value: Any) -> Any:
    """Return the sum of a value over the rows that meet the condition."""
    return sa.func.coalesce(sa.func.sum(sa.case((condition, value), else_=0)), 0)


def percentiles(rows: sa.Subquery, key: Any, condition: Any, value: Any) -> sa.Select[Any]:
    """Select the median (mean of the middle two) and the 90th percentile (nearest rank) of a value per key."""
    # By window functions, since SQLite has no percentile_cont.
    ranked = sa.select(
        key.label("key"),
        value.label("value"),
        sa.func.row_number().over(partition_by=key, order_by=value).label("place"),
        sa.func.count().over(partition_by=key).label("size"),
    )
    each = ranked.where(condition).subquery()
    place, size = each.c.place, each.c.size
    in_the_middle = sa.and_(place >= (size + 1) // 2, place <= (size + 2) // 2)  # 3 of 5; 2 and 3 of 4
    return sa.select(
        each.c.key,
        sa.func.avg(sa.case((in_the_middle, each.c.value))).label("median"),
        sa.func.max(sa.case((place == (9 * size + 9) // 10, each.c.value))).label("p90"),  # 0.9 * size, rounded up
    ).group_by(each.c.key)
