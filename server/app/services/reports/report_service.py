"""Reports: lines of figures, the rows behind each figure, and CSV export."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import ROUND_HALF_UP, Decimal
from typing import Any
from urllib.parse import urlencode

import sqlalchemy as sa

from app.extensions import db
from app.models import Application, Candidate, Job
from app.schemas.lists import Page
from app.schemas.report_schema import (
    Figure,
    FigureUnit,
    ReportColumn,
    ReportLine,
    ReportName,
    ReportOut,
    ReportQuery,
    ReportRow,
    ReportRowsQuery,
)
from app.services.access import rights
from app.services.core import listing
from app.services.core.rows import scalar_lookup
from app.services.reports import report_sql
from app.services.reports.report_catalogue import REPORTS, FigureSpec, Report
from app.services.reports.report_scope import ReportScope, read_scope
from app.utils import csv_table
from app.utils.addresses import addresses
from app.utils.errors import BadRequest
from app.utils.file_store import Download

MAX_LINES = 1000  # a tenant may have more jobs or sources
SHOWN = "id created_at application_id status stage_id interview_id user_id happened_at ended_at".split()
SECONDS = {FigureUnit.DAYS: Decimal(86_400), FigureUnit.HOURS: Decimal(3_600)}


def get(name: ReportName, query: ReportQuery) -> ReportOut:
    """Return the lines and the total of a report."""
    report = REPORTS[name]
    report_scope = read_scope(query, report.groups, report.days_ahead)
    facts = _facts(report, report_scope)
    values = _values(report, facts, facts.c.key)
    if (known := report_scope.lines()) is not None:  # stages and months are shown without rows, too
        values = {key: values.get(key, {}) for key in known}
    labels = report_scope.labels(list(values))
    lines = [_line(_Drill(name, report_scope, key), report, labels.get(key), found) for key, found in values.items()]
    if known is None:
        lines.sort(key=lambda line: (-line.figures[report.figures[0].name].row_count, line.label or "", line.key or ""))
    whole = None if report.overlaps else _whole(report, facts, values)
    return ReportOut(
        report=name,
        by=report_scope.by,
        since=report_scope.period.since,
        until=report_scope.period.until,
        time_zone=report_scope.period.zone,
        columns=[ReportColumn.model_validate(spec) for spec in report.figures],
        lines=lines[:MAX_LINES],
        has_more=len(lines) > MAX_LINES,
        total=None if whole is None else _line(_Drill(name, report_scope), report, None, whole),
    )


def list_rows(name: ReportName, query: ReportRowsQuery) -> Page[ReportRow]:
    """Return the rows that a figure counts; requires the report's permission."""
    report = REPORTS[name]
    rights.require(report.right)
    report_scope = read_scope(query, report.groups, report.days_ahead)
    wanted = query.figure or report.figures[0].name
    spec = next((each for each in report.figures if each.name == wanted), None)
    if spec is None:
        raise BadRequest("The report has no such figure.", code="bad_figure")
    facts = _facts(report, report_scope)
    counted = _listed(facts.c).where(report.counts[spec.base](facts.c))
    key = next(iter(report_scope.lines() or ()), None) if report.overlaps and query.key is None else query.key
    if key is not None:  # if lines overlap, the first line has every row exactly once
        counted = counted.where(facts.c.key.is_not_distinct_from(report_scope.read_key(key)))
    return listing.page_as(ReportRow, listing.paginate(counted, facts, query, within=name))


def export(name: ReportName, query: ReportQuery) -> Download:
    """Return the lines of a report as CSV."""
    report = get(name, query)
    filename = f"{name}-{report.since}-{report.until}.csv"
    return Download(_table(report), filename, "text/csv; charset=utf-8", None)


def _facts(report: Report, report_scope: ReportScope) -> sa.Subquery:
    """Return the counted rows; `offset(0)` stops PostgreSQL from evaluating each column once per figure."""
    return report.facts(report_scope).offset(0).subquery("facts")


def _listed(row: Any) -> sa.Select[Any]:
    """Select the columns of the row list."""
    candidate_id, job_id = (
        scalar_lookup(column, row.application_id) for column in (Application.candidate_id, Application.job_id)
    )
    return sa.select(
        *(row[name] for name in SHOWN),
        candidate_id.label("candidate_id"),
        scalar_lookup(Candidate.name, candidate_id).label("candidate_name"),
        job_id.label("job_id"),
        scalar_lookup(Job.title, job_id).label("job_title"),
    )


class _Drill:
    """The URL of the rows behind the figures of a line, or of the total if no key is given."""

    def __init__(self, name: ReportName, report_scope: ReportScope, *key: Any) -> None:
        filters = report_scope.query.model_dump(mode="json", exclude_none=True, include=set(ReportQuery.model_fields))
        # With explicit dates: by default, the period moves on each day.
        period = {"since": report_scope.period.since.isoformat(), "until": report_scope.period.until.isoformat()}
        self.key = key[0] if key else None  # None with a key: the line without a name
        line = {"key": "" if self.key is None else self.key} if key else {}
        self._base = f"{addresses.api}/api/v1/reports/{name.replace('_', '-')}/rows"
        self._query = {**filters, **period, "by": report_scope.by, **line}

    def to(self, figure: str) -> str:
        return f"{self._base}?{urlencode({**self._query, 'figure': figure})}"


def _values(report: Report, facts: sa.Subquery, key: Any) -> dict[Any, dict[str, Any]]:
    """Return per key: the counts by name, and sums and percentiles by column and kind, in seconds."""
    counted = [report_sql.count_if(where(facts.c)).label(name) for name, where in report.counts.items()]
    summed = [
        report_sql.total(report.counts[spec.base](facts.c), facts.c[spec.column]).label(f"{spec.column}_sum")
        for spec in report.figures
        if spec.take == "sum" and spec.column is not None
    ]
    found = db.session.execute(sa.select(key.label("key"), *counted, *summed).group_by(key))
    values: dict[Any, dict[str, Any]] = {row.key: dict(row._mapping) for row in found}
    _add_percentiles(report, facts, key, values)
    return values


def _whole(report: Report, facts: sa.Subquery, lines: dict[Any, dict[str, Any]]) -> dict[str, Any]:
    """Return the total: the sum of the lines' counts and sums, so that they agree, and new percentiles."""
    names = [*report.counts, *(f"{spec.column}_sum" for spec in report.figures if spec.take == "sum")]
    # Not read again: rows that were added since would be in the total, but on no line.
    whole = {name: sum(int(values.get(name, 0)) for values in lines.values()) for name in names}
    one = sa.select(*facts.c, sa.literal("whole").label("whole")).subquery()
    _add_percentiles(report, one, one.c.whole, {"whole": whole})
    return whole


def _add_percentiles(report: Report, facts: sa.Subquery, key: Any, values: dict[Any, dict[str, Any]]) -> None:
    wanted = {(spec.column, spec.base) for spec in report.figures if spec.take in ("median", "p90") and spec.column}
    for column, base in sorted(wanted):
        statement = report_sql.percentiles(facts, key, report.counts[base](facts.c), facts.c[column])
        for row in db.session.execute(statement):
            if row.key in values:  # else it was added between the two statements
                values[row.key] |= {f"{column}_median": row.median, f"{column}_p90": row.p90}


def _line(drill: _Drill, report: Report, label: str | None, found: dict[str, Any]) -> ReportLine:
    figures = {spec.name: _figure(spec, found, drill.to(spec.name)) for spec in report.figures}
    return ReportLine(key=None if drill.key is None else str(drill.key), label=label, figures=figures)


def _figure(spec: FigureSpec, found: dict[str, Any], drill: str) -> Figure:
    row_count = int(found.get(spec.base, 0))
    value: Any = row_count
    if spec.part is not None:
        # Null without rows, not zero: there is nothing to have a share in.
        value = _rounded(Decimal(int(found.get(spec.part, 0))) / row_count, "0.0001") if row_count else None
    elif spec.column is not None:
        seconds = found.get(f"{spec.column}_{spec.take}")
        value = None if seconds is None or not row_count else _rounded(Decimal(seconds) / SECONDS[spec.unit], "0.01")
    return Figure(value=value, row_count=row_count, drill=drill)


def _rounded(value: Decimal, step: str) -> Decimal:
    return value.quantize(Decimal(step), ROUND_HALF_UP)  # the default rounds half to even


def _table(report: ReportOut) -> Iterator[bytes]:
    names = [column.name for column in report.columns]
    yield csv_table.written([["line", "key", "label", *names]])
    for line in [*report.lines, *([report.total] if report.total else [])]:
        # In a column of its own, since a source or a job may be named `total`.
        texts = ("total" if line is report.total else "line", line.key or "", line.label or "")
        cells = [line.figures[name].value for name in names]
        yield csv_table.written([[*map(csv_table.quoted, texts), *map(_cell, cells)]])


def _cell(value: Any) -> str:
    return "" if value is None else str(value)
