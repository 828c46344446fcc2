"""Calendars elsewhere: read from a real CalDAV server, as a file and as a collection."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
import sqlalchemy as sa

from app.extensions import db
from app.models import InterviewerCalendar
from app.schemas.interviewer_calendar_schema import CalendarCreate
from app.services.interviews import interviewer_calendar_service
from app.utils import clock
from app.utils.outbound import Answer, Outbound, outbound
from tests.factories.booking import make_booking, make_proposal
from tests.factories.calendar_server import PASSWORD, USER, calendar_server
from tests.factories.client import Api, ok, refused

EVENT = """BEGIN:VCALENDAR
VERSION:2.0
PRODID:-//T//T//EN
BEGIN:VEVENT
UID:{name}@tests
DTSTAMP:20260101T000000Z
DTSTART:{start:%Y%m%dT%H%M%SZ}
DURATION:PT8H
RRULE:FREQ=WEEKLY
SUMMARY:Secret meeting
END:VEVENT
END:VCALENDAR
"""


@pytest.fixture(scope="module")
def server(tmp_path_factory):
    with calendar_server(tmp_path_factory.mktemp("radicale")) as running:
        yield running


@pytest.fixture
def private(monkeypatch):
    monkeypatch.setattr(outbound, "allows_private", True)


def _next_monday(hour=9):
    now = clock.now()
    day = (now + timedelta(days=7 - now.weekday())).date()
    return datetime(day.year, day.month, day.day, hour, tzinfo=UTC)


def _body(server, kind="caldav", **values):
    return {"kind": kind, "url": server.url, "username": USER, "password": PASSWORD, **values}


def _slots(app, token):
    return {e["starts_at"] for e in ok(Api(app).get(f"/public/bookings/{token}/slots"))["data"]}


@pytest.mark.parametrize("kind", ["caldav", "ics"])
def test_busy_times_elsewhere_take_no_interviews(app, tenant, server, private, kind):
    monday = _next_monday()
    server.put("weekly", EVENT.format(name="weekly", start=monday - timedelta(days=70)))
    token = make_booking(tenant, make_proposal(tenant, [tenant.users["RECRUITER"]]))
    first = f"{monday:%FT%TZ}"
    assert first in _slots(app, token)
    recruiter = tenant.api("RECRUITER")
    made = ok(recruiter.post("/interviewer-calendars", _body(server, kind)), 201)
    assert made["host"] == "127.0.0.1" and made["busy_times"] in (8, 9) and "password" not in made
    assert first not in _slots(app, token)
    server.delete("weekly")
    server.put("other", EVENT.format(name="other", start=monday + timedelta(days=1)))
    again = ok(recruiter.post(f"/interviewer-calendars/{made['id']}/sync"))
    assert again["error"] is None and first in _slots(app, token)
    assert f"{monday + timedelta(days=1):%FT%TZ}" not in _slots(app, token)
    assert recruiter.delete(f"/interviewer-calendars/{made['id']}").status_code == 204
    assert f"{monday + timedelta(days=1):%FT%TZ}" in _slots(app, token)
    server.delete("other")


def test_only_its_owner_sees_a_calendar_and_nobody_its_address(app, tenant, server, private):
    made = ok(tenant.api("RECRUITER").post("/interviewer-calendars", _body(server)), 201)
    other = tenant.api("MANAGER")
    assert ok(other.get("/interviewer-calendars"))["data"] == []
    assert refused(other.post(f"/interviewer-calendars/{made['id']}/sync"), 404)
    assert refused(other.delete(f"/interviewer-calendars/{made['id']}"), 404)
    with tenant.bound():
        kept = db.session.scalars(sa.select(InterviewerCalendar)).one()
        assert "127.0.0.1" not in kept.encrypted_url and PASSWORD not in str(kept.encrypted_password)


def test_what_cannot_be_read_is_not_connected(tenant, server, monkeypatch, private):
    api = tenant.api("RECRUITER")
    assert refused(api.post("/interviewer-calendars", _body(server, password="wrong")), 502) == "calendar_refused"
    assert refused(api.post("/interviewer-calendars", _body(server, username=None)), 422)
    gone = _body(server, url="http://127.0.0.1:9/x.ics")
    assert refused(api.post("/interviewer-calendars", gone), 502) == "upstream_failed"
    monkeypatch.setattr(Outbound, "fetch", lambda *args, **options: Answer(200, b"<html>"))
    assert refused(api.post("/interviewer-calendars", _body(server, "ics")), 502) == "unreadable_calendar"


def test_a_calendar_is_connected_once(tenant, server, private):
    api = tenant.api("RECRUITER")
    first = ok(api.post("/interviewer-calendars", _body(server)), 201)
    assert refused(api.post("/interviewer-calendars", _body(server)), 409) == "calendar_connected"
    ok(tenant.api("MANAGER").post("/interviewer-calendars", _body(server)), 201)  # of somebody else
    ok(api.delete(f"/interviewer-calendars/{first['id']}"), 204)
    ok(api.post("/interviewer-calendars", _body(server)), 201)


@pytest.mark.parametrize("scheme", ["webcal", "webcals", "WebCal"])
def test_webcal_is_https(scheme):
    read = CalendarCreate.model_validate({"kind": "ics", "url": f"{scheme}://calendar.example/a.ics?webcal://"})
    assert read.url == "https://calendar.example/a.ics?webcal://"


def test_private_addresses_are_refused(tenant, server):
    api = tenant.api("RECRUITER")
    assert refused(api.post("/interviewer-calendars", _body(server)), 422) == "bad_url"
    local = _body(server, url="https://localhost/x.ics")
    assert refused(api.post("/interviewer-calendars", local), 422) == "private_address"


def test_a_calendar_that_fails_keeps_what_is_known_and_is_tried_ever_later(tenant, server, private, monkeypatch):
    monday = _next_monday()
    server.put("kept", EVENT.format(name="kept", start=monday))
    made = ok(tenant.api("RECRUITER").post("/interviewer-calendars", _body(server)), 201)
    monkeypatch.setattr(Outbound, "fetch", lambda *args, **options: Answer(503, b""))
    for _ in range(2):
        failed = ok(tenant.api("RECRUITER").post(f"/interviewer-calendars/{made['id']}/sync"))
    assert (failed["failures"], failed["error"]) == (2, "The calendar's server answers 503.")
    assert failed["busy_times"] == made["busy_times"] > 0
    with tenant.bound():
        kept = db.session.scalars(sa.select(InterviewerCalendar)).one()
        assert kept.due_at > clock.now() + timedelta(minutes=50)
        assert interviewer_calendar_service.sync_due() == 0
    server.delete("kept")
