"""Calendars elsewhere, whose busy times are read every 15 minutes."""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from urllib.parse import urlsplit
from uuid import UUID

import sqlalchemy as sa

from app.extensions import db
from app.models import InterviewerBusyTime, InterviewerCalendar, User
from app.models.interviewer_busy_time import CalendarKind
from app.schemas.interviewer_calendar_schema import CalendarCreate, CalendarOut
from app.schemas.lists import Page
from app.services.access import active_users, rights
from app.services.core import active_tenants, child_process, listing, rows
from app.services.core.child_process import ChildFailed
from app.services.core.transaction import end_read, mark_deleted, use_case
from app.services.events import event_service
from app.services.settings import tenant_settings_service
from app.utils import calendar_reader, clock, scope
from app.utils.encryption import cipher
from app.utils.errors import Conflict, DomainError, Unavailable, UpstreamFailed
from app.utils.outbound import outbound
from app.utils.spans import Span

AT_ONCE = 200  # calendars of a run
MAX_CALENDARS = 5  # per user
MAX_BYTES = 10 * 1024 * 1024
EVERY = timedelta(minutes=15)
SLOWEST = timedelta(hours=12)  # after failures
AHEAD = timedelta(days=60)  # as far as a booking reaches
XML = {"Depth": "1", "Content-Type": "application/xml; charset=utf-8"}
MULTI_STATUS = 207


def list_own() -> Page[CalendarOut]:
    """Return the acting user's calendars."""
    statement = sa.select(InterviewerCalendar).where(InterviewerCalendar.user_id == scope.user_id())
    return listing.single_page(_shown(db.session.scalars(statement.order_by(InterviewerCalendar.id)).all()))


def connect(new: CalendarCreate) -> CalendarOut:
    """Connect a calendar of the acting user; UpstreamFailed or Invalid if it cannot be read now."""
    outbound.check_url(new.url)
    end_read()  # reading it is slow
    credentials = (new.username, new.password) if new.username and new.password else None
    busy = _read(new.kind, new.url, credentials, tenant_settings_service.time_zone())
    return _connect(new, busy)


@use_case
def disconnect(calendar_id: UUID) -> None:
    """Disconnect a calendar of the acting user, and forget its busy times."""
    calendar = _own(calendar_id)
    event_service.record("interviewer_calendar.disconnected", calendar)
    db.session.delete(calendar)


def sync_own(calendar_id: UUID) -> CalendarOut:
    """Read a calendar of the acting user now."""
    sync(_own(calendar_id).id)
    return _shown([_own(calendar_id)])[0]


def tenants_with_due() -> list[str]:
    """Return the ids (as text) of the tenants with calendars to read; in the platform's scope."""
    return active_tenants.having(InterviewerCalendar, _due())


def sync_due() -> int:
    """Read the calendars that are due, one after the other, and return their number."""
    due = sa.select(InterviewerCalendar.id).where(_due()).order_by(InterviewerCalendar.due_at).limit(AT_ONCE)
    found = db.session.scalars(due).all()
    for calendar_id in found:
        sync(calendar_id, only_if_due=True)
    return len(found)


def sync(calendar_id: UUID, only_if_due: bool = False) -> None:
    """Read a calendar and replace its busy times; a failure is noted, and it is tried again later."""
    claimed = _claim(calendar_id, only_if_due)
    if claimed is None:
        return
    kind, url, credentials = claimed
    try:
        busy = _read(kind, url, credentials, tenant_settings_service.time_zone())
    except Unavailable:  # this server is busy; the calendar has done nothing wrong
        return
    except DomainError as error:
        _note_failure(calendar_id, error.detail)
    else:
        _note(calendar_id, busy)


def _due() -> sa.ColumnElement[bool]:
    return sa.and_(InterviewerCalendar.due_at <= clock.now(), active_users.is_active(InterviewerCalendar.user_id))


@use_case
def _connect(new: CalendarCreate, busy: list[Span]) -> CalendarOut:
    user_id = rows.lock_row(User, rights.acting_user()).id
    own = InterviewerCalendar.user_id == user_id
    rows.enforce_limit(
        MAX_CALENDARS, InterviewerCalendar, f"A user can connect {MAX_CALENDARS} calendars", "too_many_calendars", own
    )
    _check_new(new.url, own)
    calendar = InterviewerCalendar(
        user_id=user_id,
        kind=new.kind,
        encrypted_url=cipher.encrypt(new.url),
        username=new.username,
        encrypted_password=cipher.encrypt(new.password) if new.password else None,
        due_at=clock.now() + EVERY,
    )
    db.session.add(calendar)
    db.session.flush()  # the busy times refer to it
    event_service.record("interviewer_calendar.connected", calendar, kind=new.kind)
    _replace(calendar, busy)
    return _shown([calendar])[0]


def _check_new(url: str, own: sa.ColumnElement[bool]) -> None:
    """Conflict if the calendar is connected: each address is encrypted differently, so all of them are compared."""
    if url in map(cipher.decrypt, db.session.scalars(sa.select(InterviewerCalendar.encrypted_url).where(own))):
        raise Conflict("This calendar is connected already.", code="calendar_connected")


@use_case
def _claim(calendar_id: UUID, only_if_due: bool) -> tuple[CalendarKind, str, tuple[str, str] | None] | None:
    """Return how to read a calendar, due in 15 minutes again; None if it is gone, or another run has just taken it."""
    calendar = db.session.get(InterviewerCalendar, calendar_id, with_for_update=True, populate_existing=True)
    if calendar is None or (only_if_due and calendar.due_at > clock.now()):
        return None
    calendar.due_at = clock.now() + EVERY
    credentials = None
    if calendar.username and calendar.encrypted_password:
        credentials = (calendar.username, cipher.decrypt(calendar.encrypted_password))
    return calendar.kind, cipher.decrypt(calendar.encrypted_url), credentials


@use_case
def _note(calendar_id: UUID, busy: list[Span]) -> None:
    if (calendar := db.session.get(InterviewerCalendar, calendar_id, with_for_update=True)) is not None:
        _replace(calendar, busy)


@use_case
def _note_failure(calendar_id: UUID, detail: str) -> None:
    """Keep the busy times that are known, and try again ever later."""
    if (calendar := db.session.get(InterviewerCalendar, calendar_id, with_for_update=True)) is not None:
        calendar.failures, calendar.error = calendar.failures + 1, detail[:500]
        calendar.due_at = clock.now() + min(EVERY * 2**calendar.failures, SLOWEST)


def _replace(calendar: InterviewerCalendar, busy: list[Span]) -> None:
    db.session.execute(sa.delete(InterviewerBusyTime).where(InterviewerBusyTime.calendar_id == calendar.id))
    mark_deleted()
    new = [
        rows.new_row(calendar_id=calendar.id, user_id=calendar.user_id, starts_at=begin, ends_at=end)
        for begin, end in busy
    ]
    if new:
        db.session.execute(sa.insert(InterviewerBusyTime), new)
    calendar.synced_at, calendar.failures, calendar.error = clock.now(), 0, None


def _read(kind: CalendarKind, url: str, credentials: tuple[str, str] | None, zone: str) -> list[Span]:
    """Return the busy times of the next 60 days; UpstreamFailed if the calendar cannot be read."""
    since = clock.now()
    until = since + AHEAD
    is_server = kind is CalendarKind.CALDAV
    request: dict[str, Any] = {"headers": XML, "content": calendar_reader.query(since, until)} if is_server else {}
    answer = outbound.fetch("REPORT" if is_server else "GET", url, limit=MAX_BYTES, auth=credentials, **request)
    if answer.status != (MULTI_STATUS if is_server else 200):
        raise UpstreamFailed(f"The calendar's server answers {answer.status}.", code="calendar_refused")
    read = calendar_reader.busy_in_response if is_server else calendar_reader.busy_in_file
    try:
        busy: list[Span] = child_process.run_now(read, answer.body, since, until, zone)
    except ChildFailed as error:
        raise UpstreamFailed("The response is not a calendar.", code="unreadable_calendar") from error
    return busy


def _own(calendar_id: UUID) -> InterviewerCalendar:
    return rows.get_own(InterviewerCalendar, calendar_id)


def _shown(calendars: Any) -> list[CalendarOut]:
    counted = sa.select(InterviewerBusyTime.calendar_id, sa.func.count()).where(
        InterviewerBusyTime.calendar_id.in_([each.id for each in calendars])
    )
    counts = {row[0]: row[1] for row in db.session.execute(counted.group_by(InterviewerBusyTime.calendar_id))}
    return [
        CalendarOut.model_validate(
            {
                **rows.columns_of(each),
                "host": urlsplit(cipher.decrypt(each.encrypted_url)).hostname or "",
                "busy_times": counts.get(each.id, 0),
            }
        )
        for each in calendars
    ]
