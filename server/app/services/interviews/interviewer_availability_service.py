"""Availability of interviewers: weekly windows minus interviews, and common free slots."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, date, datetime, time, timedelta
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

import sqlalchemy as sa

from app.extensions import db
from app.models import InterviewerAvailability, InterviewPanelist, User
from app.schemas.interviewer_availability_schema import AvailabilityIn, AvailabilityOut, SlotOut, SlotQuery
from app.schemas.lists import Page
from app.services.access import active_users
from app.services.core import rows
from app.services.core.transaction import use_case
from app.services.events import event_service
from app.services.settings import tenant_settings_service
from app.utils import clock

Span = tuple[datetime, datetime]
OFFICE = [{"weekday": day, "start": "09:00", "end": "17:00"} for day in range(5)]  # Monday to Friday
STEP = timedelta(minutes=15)
MIDNIGHT = "24:00"


def get(user_id: UUID) -> AvailabilityOut:
    """Return a user's weekly availability; by default, office hours in the tenant's time zone."""
    rows.get(User, user_id)
    found = db.session.scalars(
        sa.select(InterviewerAvailability).where(InterviewerAvailability.user_id == user_id)
    ).one_or_none()
    week = found or {"user_id": user_id, "zone": tenant_settings_service.time_zone(), "windows": OFFICE}
    return AvailabilityOut.model_validate(week)


@use_case
def put(user_id: UUID, request: AvailabilityIn) -> InterviewerAvailability:
    """Set a user's weekly availability."""
    user = rows.lock_row(User, user_id)  # so that concurrent requests do not both add a row
    kept = db.session.scalars(
        sa.select(InterviewerAvailability).where(InterviewerAvailability.user_id == user_id)
    ).one_or_none()
    if kept is None:
        kept = InterviewerAvailability(user_id=user_id)
        db.session.add(kept)
    kept.zone, kept.windows = request.zone, request.model_dump(mode="json")["windows"]
    db.session.flush()
    event_service.record("user.availability_changed", user)
    return kept


def free_slots(query: SlotQuery) -> Page[SlotOut]:
    """Return the first slots, on quarter hours, in which all of the users are available; others come later."""
    for user_id in query.user_ids:
        active_users.require(user_id, "interviews")
    start = max(query.since, query.cursor or query.since, clock.now())
    common: list[Span] | None = None
    weeks, busy = _weeks(query.user_ids), _busy(query.user_ids, start, query.until)
    for user_id in dict.fromkeys(query.user_ids):
        zone, windows = weeks[user_id]
        # Merged, because the windows of a user may overlap.
        free = _without(_merged(_open(zone, windows, start, query.until)), busy.get(user_id, []))
        common = free if common is None else list(_overlaps(common, free))
    length = timedelta(minutes=query.minutes)
    slots = [slot for span in common or [] for slot in _cut(span, length)]
    found = [SlotOut(starts_at=begin, ends_at=end) for begin, end in slots[: query.limit]]
    following = slots[query.limit][0].isoformat() if len(slots) > query.limit else None  # the place of the next page
    return Page.model_construct(data=found, has_more=following is not None, next_cursor=following)


def _weeks(user_ids: Iterable[UUID]) -> dict[UUID, tuple[str, list[dict[str, Any]]]]:
    said = {
        each.user_id: each
        for each in db.session.scalars(
            sa.select(InterviewerAvailability).where(InterviewerAvailability.user_id.in_(list(user_ids)))
        )
    }
    usual = (tenant_settings_service.time_zone(), OFFICE)
    return {each: (said[each].zone, said[each].windows) if each in said else usual for each in user_ids}


def _busy(user_ids: Iterable[UUID], since: datetime, until: datetime) -> dict[UUID, list[Span]]:
    held = sa.select(InterviewPanelist.user_id, InterviewPanelist.starts_at, InterviewPanelist.ends_at).where(
        InterviewPanelist.user_id.in_(list(user_ids)),
        InterviewPanelist.is_held,
        InterviewPanelist.starts_at < until,
        InterviewPanelist.ends_at > since,
    )
    found: dict[UUID, list[Span]] = {}
    for user_id, begin, end in db.session.execute(held.order_by(InterviewPanelist.starts_at)):
        if begin is not None and end is not None:  # a held seat has both
            found.setdefault(user_id, []).append((begin, end))
    return found


def _open(zone: str, windows: list[dict[str, Any]], since: datetime, until: datetime) -> Iterable[Span]:
    """Yield the windows of each day in UTC, computed in local time because of daylight saving."""
    local = ZoneInfo(zone)
    # No window spans midnight, so none of the day before can still be open.
    day = since.astimezone(local).date()
    while datetime.combine(day, time(), local) < until:
        for window in sorted(windows, key=lambda each: str(each["start"])):
            if window["weekday"] == day.weekday():
                begin, end = (_moment(day, window[name], local) for name in ("start", "end"))
                if max(begin, since) < min(end, until):
                    yield max(begin, since), min(end, until)
        day += timedelta(days=1)


def _moment(day: date, clock_time: str, zone: ZoneInfo) -> datetime:
    """Return a local time of a day in UTC; 24:00 is midnight of the next day."""
    if clock_time == MIDNIGHT:
        return datetime.combine(day + timedelta(days=1), time(), zone).astimezone(UTC)
    return datetime.combine(day, time.fromisoformat(clock_time), zone).astimezone(UTC)


def _merged(spans: Iterable[Span]) -> list[Span]:
    """Merge spans that overlap or touch."""
    merged: list[Span] = []
    for begin, end in sorted(spans):
        if merged and begin <= merged[-1][1]:
            merged[-1] = (merged[-1][0], max(end, merged[-1][1]))
        else:
            merged.append((begin, end))
    return merged


def _without(spans: list[Span], busy: list[Span]) -> list[Span]:
    for taken_from, taken_until in busy:
        # Each span leaves a part before and a part after the taken time; empty parts are dropped.
        parts = [(begin, min(end, taken_from)) for begin, end in spans]
        parts += [(max(begin, taken_until), end) for begin, end in spans]
        spans = sorted({(begin, end) for begin, end in parts if begin < end})
    return spans


def _overlaps(first: list[Span], second: list[Span]) -> Iterable[Span]:
    for begin, end in first:
        for other_begin, other_end in second:
            if max(begin, other_begin) < min(end, other_end):
                yield max(begin, other_begin), min(end, other_end)


def _cut(span: Span, length: timedelta) -> Iterable[Span]:
    begin, end = span
    # Quarter hours in UTC are quarter hours everywhere: offsets of time zones are multiples of 15 minutes.
    past = timedelta(minutes=begin.minute % 15, seconds=begin.second, microseconds=begin.microsecond)
    begin += STEP - past if past else timedelta()
    while begin + length <= end:
        yield begin, begin + length
        begin += STEP
