"""Busy times in calendars, as programs write them."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from app.utils import calendar_reader

SINCE, UNTIL = datetime(2027, 3, 1, tzinfo=UTC), datetime(2027, 3, 31, tzinfo=UTC)
HEAD, FOOT = "BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:-//T//T//EN\r\n", "END:VCALENDAR\r\n"


def _calendar(*events):
    made = "".join(
        f"BEGIN:VEVENT\r\nUID:{n}@x\r\nDTSTAMP:20270101T000000Z\r\n{e}\r\nEND:VEVENT\r\n" for n, e in enumerate(events)
    )
    return (HEAD + made + FOOT).encode()


def _busy(data, zone="Europe/Berlin"):
    return [f"{b:%m-%dT%H:%M}/{e:%m-%dT%H:%M}" for b, e in calendar_reader.busy_in_file(data, SINCE, UNTIL, zone)]


@pytest.mark.parametrize(
    ("event", "busy"),
    [
        ("DTSTART:20270302T090000Z\r\nDTEND:20270302T100000Z", ["03-02T09:00/03-02T10:00"]),
        ("DTSTART:20270302T090000\r\nDURATION:PT30M", ["03-02T08:00/03-02T08:30"]),  # without a zone: the user's
        ("DTSTART;TZID=America/New_York:20270302T090000\r\nDURATION:PT1H", ["03-02T14:00/03-02T15:00"]),
        ("DTSTART;VALUE=DATE:20270302", ["03-01T23:00/03-02T23:00"]),  # a whole day
        ("DTSTART;VALUE=DATE:20270302\r\nDTEND;VALUE=DATE:20270304", ["03-01T23:00/03-03T23:00"]),
        ("DTSTART:20270302T090000Z\r\nDTEND:20270302T100000Z\r\nTRANSP:TRANSPARENT", []),
        ("DTSTART:20270302T090000Z\r\nDTEND:20270302T100000Z\r\nSTATUS:CANCELLED", []),
        ("DTSTART:20270302T090000Z", []),  # a moment takes no time
        ("DTSTART:20260101T090000Z\r\nDTEND:20260101T100000Z", []),  # before the period
        (
            "DTSTART;TZID=Europe/Berlin:20270301T090000\r\nDURATION:PT1H\r\nRRULE:FREQ=WEEKLY;COUNT=5\r\n"
            "EXDATE;TZID=Europe/Berlin:20270308T090000",
            [
                "03-01T08:00/03-01T09:00",
                "03-15T08:00/03-15T09:00",
                "03-22T08:00/03-22T09:00",
                "03-29T07:00/03-29T08:00",
            ],
        ),  # with a change to summer time, and one left out
    ],
)
def test_busy_times_of_an_event(event, busy):
    assert _busy(_calendar(event)) == busy


def test_a_rule_that_repeats_each_second_is_refused():
    with pytest.raises(ValueError, match="repeats by the minute"):
        _busy(_calendar("DTSTART:20270302T090000Z\r\nDURATION:PT1S\r\nRRULE:FREQ=SECONDLY"))


def test_times_that_touch_are_one():
    first, second = "DTSTART:20270302T090000Z\r\nDURATION:PT1H", "DTSTART:20270302T100000Z\r\nDURATION:PT1H"
    assert _busy(_calendar(first, second)) == ["03-02T09:00/03-02T11:00"]


def test_a_free_busy_answer():
    text = (
        f"{HEAD}BEGIN:VFREEBUSY\r\nUID:1\r\nDTSTAMP:20270101T000000Z\r\n"
        "FREEBUSY;FBTYPE=BUSY:20270302T090000Z/PT1H\r\nFREEBUSY;FBTYPE=FREE:20270303T090000Z/PT1H\r\n"
        f"END:VFREEBUSY\r\n{FOOT}"
    )
    assert _busy(text.encode()) == ["03-02T09:00/03-02T10:00"]


@pytest.mark.parametrize(
    "data", [b"", b"<html>", b"BEGIN:VCALENDAR\r\n", b"\xff\xfe", b"BEGIN:VEVENT\r\nEND:VEVENT\r\n"]
)
def test_what_is_no_calendar_is_refused(data):
    with pytest.raises(ValueError):
        calendar_reader.busy_in_file(data, SINCE, UNTIL, "UTC")


def test_a_response_that_is_no_xml_is_refused():
    with pytest.raises(ValueError):
        calendar_reader.busy_in_response(b"nonsense", SINCE, UNTIL, "UTC")
