"""Report scopes: the period, filters, steps and grouping of a report."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

import sqlalchemy as sa

from app.extensions import db
from app.models import Candidate, Department, Job, Location, RejectionReason, TrackingLink, User
from app.schemas.report_schema import ReportGroup, ReportQuery
from app.services.core.rows import scalar_lookup
from app.services.reports.report_steps import Steps, steps
from app.services.settings import tenant_settings_service
from app.utils import clock
from app.utils.errors import BadRequest

USUAL_DAYS, MAX_DAYS = 90, 3660  # ten years; grouped by month, about 120 lines
NAMES = {
    ReportGroup.JOB: (Job.id, Job.title),
    ReportGroup.DEPARTMENT: (Department.id, Department.name),
    ReportGroup.LOCATION: (Location.id, Location.name),
    ReportGroup.TRACKING_LINK: (TrackingLink.id, TrackingLink.name),
    ReportGroup.OWNER: (User.id, User.name),
    ReportGroup.INTERVIEWER: (User.id, User.name),
    ReportGroup.REASON: (RejectionReason.id, RejectionReason.name),
}


def following_month(first: date) -> date:
    """Return the first day of the next month."""
    return (first + timedelta(days=32)).replace(day=1)  # 32 days after the first is in the next month


@dataclass(frozen=True)
class Period:
    """Whole days in a time zone, from `begins` up to but excluding `ends`."""

    since: date
    until: date
    zone: str

    @property
    def begins(self) -> datetime:
        return self._midnight(self.since)

    @property
    def ends(self) -> datetime:
        return self._midnight(self.until + timedelta(days=1))

    def holds(self, moment: Any) -> Any:
        """Return the condition that a moment is within the period."""
        return sa.and_(moment >= self.begins, moment < self.ends)

    @property
    def months(self) -> dict[str, date]:
        """The months that the period touches (such as "2026-01"), each with the first day of the next."""
        found, first = {}, self.since.replace(day=1)
        while first <= self.until:
            name, first = f"{first:%Y-%m}", following_month(first)
            found[name] = first
        return found

    def month_of(self, moment: Any) -> Any:
        """Return the month of a moment, by comparison with the local month ends instead of time zone functions."""
        # In order: the first end after the moment is that of its month. SQLite has no time zone functions.
        ends = [(moment < self._midnight(after), sa.literal(name, sa.String)) for name, after in self.months.items()]
        return sa.case(*ends)

    def _midnight(self, day: date) -> datetime:
        # In local time, since a day may have 23 or 25 hours.
        return datetime.combine(day, time(), ZoneInfo(self.zone)).astimezone(UTC)


@dataclass(frozen=True)
class Subject:
    """SQL expressions for what a counted row is about."""

    job_id: Any
    candidate_id: Any
    source: Any
    tracking_link_id: Any
    user_id: Any = None
    reason_id: Any = None


@dataclass(frozen=True)
class ReportScope:
    """Everything that the statements of a report depend on."""

    query: ReportQuery
    by: ReportGroup
    period: Period
    steps: Steps

    def key(self, subject: Subject, moment: Any) -> Any:
        """Return the group of a row; `moment` determines its month."""
        if self.by is ReportGroup.MONTH:
            return self.period.month_of(moment)
        # Current values: the applications of a job that changes departments move to another line.
        keys = {
            ReportGroup.STAGE: self.steps.key,
            ReportGroup.JOB: subject.job_id,
            ReportGroup.DEPARTMENT: scalar_lookup(Job.department_id, subject.job_id),
            ReportGroup.LOCATION: scalar_lookup(Job.location_id, subject.job_id),
            ReportGroup.SOURCE: subject.source,
            ReportGroup.TRACKING_LINK: subject.tracking_link_id,
            ReportGroup.OWNER: scalar_lookup(Candidate.owner_id, subject.candidate_id),
            ReportGroup.INTERVIEWER: subject.user_id,
            ReportGroup.REASON: subject.reason_id,
        }
        return keys[self.by]

    def filters(self, subject: Subject) -> list[Any]:
        """Return the conditions of the query's filters."""
        query = self.query
        wanted = (
            (subject.job_id, query.job_id),
            (scalar_lookup(Job.department_id, subject.job_id), query.department_id),
            (scalar_lookup(Job.location_id, subject.job_id), query.location_id),
            (scalar_lookup(Candidate.owner_id, subject.candidate_id), query.owner_id),
            (subject.source, query.source),
            (subject.tracking_link_id, query.tracking_link_id),
        )
        return [column == value for column, value in wanted if value is not None]

    def lines(self) -> list[str] | None:
        """Return the keys of all lines in order, or None if they depend on the rows."""
        if self.by == ReportGroup.STAGE:
            return list(self.steps.labels)
        return list(self.period.months) if self.by == ReportGroup.MONTH else None

    def read_key(self, key: str) -> Any:
        """Parse the key of a line; BadRequest if it is not valid."""
        # An empty key is that of the line without a name.
        if self.by in (ReportGroup.STAGE, ReportGroup.MONTH, ReportGroup.SOURCE) or key == "":
            return key or None
        try:
            return UUID(key)
        except ValueError as error:
            raise BadRequest("The report has no such line.", code="bad_key") from error

    def labels(self, keys: list[Any]) -> dict[Any, str]:
        """Return the label of each line."""
        if self.by is ReportGroup.STAGE:
            return dict(self.steps.labels)
        if self.by not in NAMES:  # sources and months are their own names
            return {key: key for key in keys}
        own, name = NAMES[self.by]
        found = db.session.execute(sa.select(own, name).where(own.in_([key for key in keys if key is not None])))
        return {key: label for key, label in found}


def read_scope(query: ReportQuery, groups: tuple[ReportGroup, ...], days_ahead: int = 0) -> ReportScope:
    """Return the scope of a report; BadRequest if it cannot be grouped as requested."""
    by = query.by or groups[0]
    if by not in groups:
        raise BadRequest(f"by must be one of: {', '.join(groups)}.", code="bad_group")
    return ReportScope(query, by, period(query, days_ahead), steps(query.job_id))


def period(query: ReportQuery, days_ahead: int = 0) -> Period:
    """Return the period, by default up to today plus `days_ahead`; BadRequest if it is empty or too long."""
    zone = tenant_settings_service.time_zone()
    until = query.until or clock.now().astimezone(ZoneInfo(zone)).date() + timedelta(days=days_ahead)
    since = query.since or until - timedelta(days=USUAL_DAYS - 1)
    if not timedelta() <= until - since < timedelta(days=MAX_DAYS):
        raise BadRequest(f"The period must be 1 to {MAX_DAYS} days long.", code="bad_period")
    return Period(since, until, zone)
