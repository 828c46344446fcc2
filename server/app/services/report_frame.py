"""What a report looks at: days, filters, stages, and what its lines are."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

import sqlalchemy as sa

from app.extensions import db
from app.models import ApplicationStay, Candidate, Department, Job, JobStage, TrackingLink, User
from app.models.job_stage import StageKind
from app.schemas.report_schema import PeriodQuery, ReportGroup, ReportQuery
from app.services import rows, tenant_settings_service
from app.utils import clock
from app.utils.errors import BadRequest

C, J, S = Candidate, Job, ApplicationStay
G = ReportGroup
USUAL_DAYS, MAX_DAYS = 90, 3660
ORDER = {kind: place for place, kind in enumerate(StageKind)}
NAMES = {
    G.JOB: (J.id, J.title),
    G.DEPARTMENT: (Department.id, Department.name),
    G.TRACKING_LINK: (TrackingLink.id, TrackingLink.name),
    G.OWNER: (User.id, User.name),
    G.INTERVIEWER: (User.id, User.name),
}


@dataclass(frozen=True)
class Period:
    """Whole days of a time zone: from `begins` until just before `ends`."""

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
        """The condition that a moment lies within."""
        return sa.and_(moment >= self.begins, moment < self.ends)

    @property
    def months(self) -> dict[str, date]:
        """The months that the period touches, as 2026-01, with the day after each."""
        found, first = {}, self.since.replace(day=1)
        while first <= self.until:
            name, first = f"{first:%Y-%m}", (first + timedelta(days=32)).replace(day=1)
            found[name] = first
        return found

    def month_of(self, moment: Any) -> Any:
        """The month of a moment within: told by where the months end, for zones have their own."""
        ends = [(moment < self._midnight(after), sa.literal(name, sa.String)) for name, after in self.months.items()]
        return sa.case(*ends)

    def _midnight(self, day: date) -> datetime:
        return datetime.combine(day, time(), ZoneInfo(self.zone)).astimezone(UTC)


@dataclass(frozen=True)
class Steps:
    """The stages in their order: those of one job, or the kinds where jobs are looked at together.

    `column` tells a stay's step apart.
    """

    labels: dict[str, str]
    ranks: dict[Any, int]
    column: Any

    @property
    def rank(self) -> Any:
        """The place of the stage in the order."""
        return sa.case(self.ranks, value=self.column)

    @property
    def key(self) -> Any:
        """The step of a stage, as a text."""
        named = dict(zip(self.ranks, self.labels, strict=True))
        return sa.case({value: sa.literal(key, sa.String) for value, key in named.items()}, value=self.column)

    def table(self) -> sa.Subquery:
        """The steps as rows of `rank` and `key`."""
        each = [
            sa.select(sa.literal(rank).label("rank"), sa.literal(key).label("key"))
            for rank, key in enumerate(self.labels)
        ]
        return sa.union_all(*each).subquery("steps")


@dataclass(frozen=True)
class Subject:
    """What a row that is counted is about, as expressions of it."""

    job_id: Any
    candidate_id: Any
    source: Any
    tracking_link_id: Any
    user_id: Any = None


@dataclass(frozen=True)
class Frame:
    """All that the statements of a report depend on."""

    query: ReportQuery
    by: ReportGroup
    period: Period
    steps: Steps

    def key(self, subject: Subject, moment: Any) -> Any:
        """What a row is counted under; `moment` tells the month."""
        if self.by is G.MONTH:
            return self.period.month_of(moment)
        keys = {
            G.STAGE: self.steps.key,
            G.JOB: subject.job_id,
            G.DEPARTMENT: lookup(J.department_id, subject.job_id),
            G.SOURCE: subject.source,
            G.TRACKING_LINK: subject.tracking_link_id,
            G.OWNER: lookup(C.owner_id, subject.candidate_id),
            G.INTERVIEWER: subject.user_id,
        }
        return keys[self.by]

    def filters(self, subject: Subject) -> list[Any]:
        """The conditions that the query puts on the rows."""
        query = self.query
        wanted = (
            (subject.job_id, query.job_id),
            (lookup(J.department_id, subject.job_id), query.department_id),
            (lookup(C.owner_id, subject.candidate_id), query.owner_id),
            (subject.source, query.source),
            (subject.tracking_link_id, query.tracking_link_id),
        )
        return [column == value for column, value in wanted if value is not None]

    def lines(self) -> list[str] | None:
        """The keys of the lines in their order, where they are known beforehand."""
        known = {G.STAGE: self.steps.labels, G.MONTH: self.period.months}
        return list(known[self.by]) if self.by in known else None

    def read_key(self, key: str) -> Any:
        """A key of a line as its column has it."""
        if self.by in (G.STAGE, G.MONTH, G.SOURCE) or key == "":
            return key or None
        try:
            return UUID(key)
        except ValueError as error:
            raise BadRequest("There is no such line.", code="bad_key") from error

    def labels(self, keys: list[Any]) -> dict[Any, str]:
        """What the lines are called."""
        if self.by is G.STAGE:
            return dict(self.steps.labels)
        if self.by not in NAMES:
            return {key: key for key in keys}
        own, name = NAMES[self.by]
        found = db.session.execute(sa.select(own, name).where(own.in_([key for key in keys if key is not None])))
        return {key: label for key, label in found}


def lookup(column: Any, own_id: Any) -> Any:
    """A column of the one row with this id.

    PostgreSQL does not turn such a subquery into a join: whatever it believes of the size of a tenant, it reads one
    row by the key, where a join may be a loop over all of them.
    """
    return one_of(column.class_, sa.select(column).where(column.class_.id == own_id))


def one_of(model: Any, statement: sa.Select[Any]) -> Any:
    """A statement over `model` as one value of a row of the statement around it."""
    return statement.correlate_except(model).scalar_subquery()


def frame(query: ReportQuery, groups: tuple[ReportGroup, ...]) -> Frame:
    """What a report looks at; BadRequest where its lines cannot be what is asked for."""
    by = query.by or groups[0]
    if by not in groups:
        raise BadRequest(f"The lines can be: {', '.join(groups)}.", code="bad_group")
    return Frame(query, by, period(query), steps(query.job_id))


def period(query: PeriodQuery) -> Period:
    """The days that are looked at; BadRequest where they make no sense."""
    zone = tenant_settings_service.time_zone()
    until = query.until or clock.now().astimezone(ZoneInfo(zone)).date()
    since = query.since or until - timedelta(days=USUAL_DAYS - 1)
    if not timedelta() <= until - since < timedelta(days=MAX_DAYS):
        raise BadRequest(f"A period has 1 to {MAX_DAYS} days.", code="bad_period")
    return Period(since, until, zone)


def steps(job_id: UUID | None) -> Steps:
    """The kinds, or the stages of a job: those taken out stand behind the last one of their kind or an earlier."""
    if job_id is None:
        return Steps({kind: kind.capitalize() for kind in StageKind}, dict(ORDER), lookup(JobStage.kind, S.stage_id))
    rows.get(Job, job_id)
    found = db.session.scalars(sa.select(JobStage).where(JobStage.job_id == job_id)).all()
    ordered = sorted(found, key=lambda stage: (*_place(stage, found), stage.id))
    ranks = {stage.id: rank for rank, stage in enumerate(ordered)}
    return Steps({str(stage.id): stage.name for stage in ordered}, ranks, S.stage_id)


def _place(stage: JobStage, others: Any) -> tuple[int, int]:
    if stage.position is not None:
        return stage.position, 0
    before = [each.position for each in others if each.position is not None and ORDER[each.kind] <= ORDER[stage.kind]]
    return max(before, default=-1), 1
