"""When interviewers are free: weekly hours, less interviews, pauses, other calendars, and full days and weeks."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

import sqlalchemy as sa

from app.extensions import db
from app.models import InterviewerAvailability, InterviewerBusyTime, InterviewerPause, InterviewPanelist
from app.services.settings import tenant_settings_service
from app.utils import spans
from app.utils.spans import Span

OFFICE = [{"weekday": day, "start": "09:00", "end": "17:00"} for day in range(5)]  # Monday to Friday
MIDNIGHT = "24:00"
WEEK = timedelta(days=7)


@dataclass(frozen=True, slots=True)
class _Hours:
    """The weekly hours of a user, and how many interviews fit into a day and a week."""

    zone: str
    windows: list[dict[str, Any]]
    max_per_day: int | None = None
    max_per_week: int | None = None


def of(
    user_ids: Sequence[UUID], since: datetime, until: datetime, apart_from: UUID | None = None
) -> dict[UUID, list[Span]]:
    """Return the free spans of each user, in four statements; `apart_from` is an interview that takes no time."""
    hours = _hours(user_ids)
    # Whole weeks: whether a day or a week is full depends on all interviews in it.
    seats = _seats(user_ids, since - WEEK, until + WEEK, apart_from)
    taken = _times(InterviewerPause, user_ids, since, until)
    for user_id, more in _times(InterviewerBusyTime, user_ids, since, until).items():
        taken[user_id] += more
    found = {}
    for user_id in user_ids:
        own = hours[user_id]
        busy = [*taken.get(user_id, []), *seats.get(user_id, []), *_full(own, seats.get(user_id, []))]
        # Merged, because the windows of a user may overlap.
        found[user_id] = spans.without(spans.merged(_open(own, since, until)), busy)
    return found


def loads(user_ids: Sequence[UUID], around: datetime) -> Counter[UUID]:
    """Return how many interviews each user has in the week before and after a moment."""
    seats = _seats(user_ids, around - WEEK, around + WEEK, None)
    return Counter({user_id: len(own) for user_id, own in seats.items()})


def _hours(user_ids: Iterable[UUID]) -> dict[UUID, _Hours]:
    statement = sa.select(InterviewerAvailability).where(InterviewerAvailability.user_id.in_(list(user_ids)))
    said = {
        each.user_id: _Hours(each.zone, each.windows, each.max_per_day, each.max_per_week)
        for each in db.session.scalars(statement)
    }
    usual = _Hours(tenant_settings_service.time_zone(), OFFICE)
    return {each: said.get(each, usual) for each in user_ids}


def _seats(
    user_ids: Iterable[UUID], since: datetime, until: datetime, apart_from: UUID | None
) -> dict[UUID, list[Span]]:
    more: list[sa.ColumnElement[bool]] = [InterviewPanelist.is_held.is_(True)]
    if apart_from is not None:
        more.append(InterviewPanelist.interview_id != apart_from)
    return _times(InterviewPanelist, user_ids, since, until, *more)


def _times(
    model: Any, user_ids: Iterable[UUID], since: datetime, until: datetime, *more: Any
) -> defaultdict[UUID, list[Span]]:
    """Return the times of a table by user that reach into a period."""
    statement = sa.select(model.user_id, model.starts_at, model.ends_at).where(
        model.user_id.in_(list(user_ids)), model.starts_at < until, model.ends_at > since, *more
    )
    found: defaultdict[UUID, list[Span]] = defaultdict(list)
    for user_id, begin, end in db.session.execute(statement):
        found[user_id].append((begin, end))
    return found


def _full(hours: _Hours, seats: list[Span]) -> list[Span]:
    """Return the days and weeks, in the user's time zone, in which there are as many interviews as the user takes."""
    local = ZoneInfo(hours.zone)
    days = Counter(begin.astimezone(local).date() for begin, _ in seats)
    weeks = Counter(day - timedelta(days=day.weekday()) for day in days.elements())
    full = []
    for limit, counts, length in ((hours.max_per_day, days, 1), (hours.max_per_week, weeks, 7)):
        if limit is not None:
            first = [day for day, count in counts.items() if count >= limit]
            full += [(_midnight(day, local), _midnight(day + timedelta(days=length), local)) for day in first]
    return full


def _open(hours: _Hours, since: datetime, until: datetime) -> Iterable[Span]:
    """Yield the windows of each day in UTC, computed in local time because of daylight saving."""
    local = ZoneInfo(hours.zone)
    # No window spans midnight, so none of the day before can still be open.
    day = since.astimezone(local).date()
    while datetime.combine(day, time(), local) < until:
        for window in sorted(hours.windows, key=lambda each: str(each["start"])):
            if window["weekday"] == day.weekday():
                begin, end = (_moment(day, window[name], local) for name in ("start", "end"))
                if max(begin, since) < min(end, until):
                    yield max(begin, since), min(end, until)
        day += timedelta(days=1)


def _moment(day: date, clock_time: str, zone: ZoneInfo) -> datetime:
    """Return a local time of a day in UTC; 24:00 is midnight of the next day."""
    if clock_time == MIDNIGHT:
        return _midnight(day + timedelta(days=1), zone)
    return datetime.combine(day, time.fromisoformat(clock_time), zone).astimezone(UTC)


def _midnight(day: date, zone: ZoneInfo) -> datetime:
    return datetime.combine(day, time(), zone).astimezone(UTC)
