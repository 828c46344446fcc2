"""Calendar invitations (iCalendar, RFC 5545, sent by email as in RFC 5546 and 6047)."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from icalendar import Calendar, Event, vCalAddress, vText

PRODUCT = "-//Fairlead//Interviews//EN"  # PRODID, which RFC 5545 (3.7.3) requires


@dataclass(frozen=True, slots=True)
class Invite:
    """A revision of a meeting; it replaces those with the same `uid` and a lower `sequence`."""

    uid: str
    sequence: int
    starts_at: datetime
    ends_at: datetime
    stamped_at: datetime  # DTSTAMP, which orders revisions with the same sequence (RFC 5546, 2.1.5)
    summary: str
    organizer: str = ""
    attendee: str = ""
    location: str | None = None
    url: str | None = None
    is_cancelled: bool = False

    @property
    def method(self) -> str:
        """The iTIP method."""
        return "CANCEL" if self.is_cancelled else "REQUEST"


def to_text(invite: Invite) -> str:
    """Return the calendar file of an invitation or cancellation."""
    calendar = _calendar()
    # The Content-Type of the email must name the same method (RFC 6047, 2.4).
    calendar.add("method", invite.method)
    event = _event(invite)
    event.add("organizer", vCalAddress(f"mailto:{invite.organizer}"))
    attendee = vCalAddress(f"mailto:{invite.attendee}")
    attendee.params["rsvp"] = vText("TRUE")  # makes mail programs offer to accept or decline
    event.add("attendee", attendee, encode=False)
    calendar.add_component(event)
    return str(calendar.to_ical().decode())


def feed(name: str, meetings: Iterable[Invite]) -> str:
    """Return meetings as a calendar that programs subscribe to; without organizers, or they would ask for answers."""
    calendar = _calendar()
    calendar.add("x-wr-calname", name)
    calendar.add("refresh-interval", timedelta(minutes=15), parameters={"VALUE": "DURATION"})  # RFC 7986, 5.7
    for meeting in meetings:
        calendar.add_component(_event(meeting))
    return str(calendar.to_ical().decode())


def _calendar() -> Calendar:
    calendar = Calendar()
    calendar.add("prodid", PRODUCT)
    calendar.add("version", "2.0")
    return calendar


def _event(invite: Invite) -> Event:
    event = Event()
    for name, value in (("uid", invite.uid), ("sequence", invite.sequence), ("summary", invite.summary)):
        event.add(name, value)
    for name, moment in (("dtstart", invite.starts_at), ("dtend", invite.ends_at), ("dtstamp", invite.stamped_at)):
        event.add(name, moment)
    event.add("status", "CANCELLED" if invite.is_cancelled else "CONFIRMED")
    # Outlook and Google Calendar do not show URL, so the link of the meeting is elsewhere, too.
    if place := invite.location or invite.url:
        event.add("location", place)
    if invite.url:
        event.add("description", invite.url)
        event.add("url", invite.url)
    return event
