"""Busy times in calendars (RFC 5545) and in the responses of CalDAV servers (RFC 4791); runs in a child process."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import UTC, date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import recurring_ical_events  # type: ignore[import-untyped]  # it has no types
from defusedxml import ElementTree
from icalendar import Calendar

from app.utils import spans
from app.utils.spans import Span

MOST = 5_000  # spans
ENDLESS = re.compile(rb"FREQ\s*=\s*(?:SECONDLY|MINUTELY)", re.IGNORECASE)
DATA = "{urn:ietf:params:xml:ns:caldav}calendar-data"
QUERY = """<?xml version="1.0" encoding="utf-8"?>
<c:calendar-query xmlns:d="DAV:" xmlns:c="urn:ietf:params:xml:ns:caldav">
<d:prop><c:calendar-data/></d:prop>
<c:filter><c:comp-filter name="VCALENDAR"><c:comp-filter name="VEVENT">
<c:time-range start="{since}" end="{until}"/>
</c:comp-filter></c:comp-filter></c:filter>
</c:calendar-query>"""


def query(since: datetime, until: datetime) -> bytes:
    """Return the body of a CalDAV request for the events of a period."""
    stamps = {name: f"{moment:%Y%m%dT%H%M%SZ}" for name, moment in (("since", since), ("until", until))}
    return QUERY.format(**stamps).encode()


def busy_in_file(data: bytes, since: datetime, until: datetime, zone: str) -> list[Span]:
    """Return the busy spans of a calendar file, in UTC; ValueError if it is none.

    `zone` is that of whole days and of times without a zone.
    """
    return _cleaned(_busy(data, since, until, ZoneInfo(zone)), since, until)


def busy_in_response(data: bytes, since: datetime, until: datetime, zone: str) -> list[Span]:
    """Return the busy spans of the calendars in a CalDAV response; ValueError if it is none."""
    try:
        found = [each.text or "" for each in ElementTree.fromstring(data).iter(DATA)]
    except ElementTree.ParseError as error:
        raise ValueError("not XML") from error
    local = ZoneInfo(zone)
    return _cleaned((span for text in found for span in _busy(text.encode(), since, until, local)), since, until)


def _busy(data: bytes, since: datetime, until: datetime, zone: ZoneInfo) -> Iterator[Span]:
    if ENDLESS.search(data):  # a rule that takes minutes to unfold, and that no program of people makes
        raise ValueError("a rule repeats by the minute")
    if b"END:VCALENDAR" not in data.upper():  # cut off, it would make its user look free
        raise ValueError("not a whole calendar")
    for calendar in Calendar.from_ical(data, multiple=True):
        if calendar.name != "VCALENDAR":
            raise ValueError("not a calendar")
        for event in recurring_ical_events.of(calendar, components=["VEVENT"]).between(since, until):
            if _is_busy(event):
                begin, end = _moment(event["DTSTART"].dt, zone), _moment(_end(event), zone)
                yield begin, end
        for answer in calendar.walk("VFREEBUSY"):
            yield from _listed(answer, zone)


def _is_busy(event: Any) -> bool:
    is_free = str(event.get("TRANSP", "OPAQUE")).upper() == "TRANSPARENT"
    return not is_free and str(event.get("STATUS", "")).upper() != "CANCELLED"


def _end(event: Any) -> date | datetime:
    """Return the end of an event, by its end or its duration; without either, a day or a moment (RFC 5545, 3.6.1)."""
    start: date | datetime = event["DTSTART"].dt
    usual = timedelta() if isinstance(start, datetime) else timedelta(days=1)
    end: date | datetime = (
        event["DTEND"].dt if "DTEND" in event else start + getattr(event.get("DURATION"), "dt", usual)
    )
    return end


def _listed(answer: Any, zone: ZoneInfo) -> Iterator[Span]:
    periods = answer.get("FREEBUSY", [])
    for period in periods if isinstance(periods, list) else [periods]:
        if str(period.params.get("FBTYPE", "BUSY")).upper() == "FREE":
            continue
        begin, end = period.dt
        yield _moment(begin, zone), _moment(begin + end if isinstance(end, timedelta) else end, zone)


def _moment(value: date | datetime, zone: ZoneInfo) -> datetime:
    local = value if isinstance(value, datetime) else datetime.combine(value, time())
    return (local if local.tzinfo else local.replace(tzinfo=zone)).astimezone(UTC)


def _cleaned(found: Iterator[Span], since: datetime, until: datetime) -> list[Span]:
    within = ((max(begin, since), min(end, until)) for begin, end in found)
    return spans.merged(span for span in within if span[0] < span[1])[:MOST]
