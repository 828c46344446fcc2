"""Calendars elsewhere that interviewers connect, and the feed of their interviews."""

from uuid import UUID

from flask import Blueprint

from app.middleware.endpoint.decorator import endpoint
from app.schemas.interviewer_calendar_schema import CalendarCreate, CalendarFeedOut, CalendarOut
from app.schemas.lists import Page
from app.services.access.principal_service import Principal
from app.services.interviews import calendar_feed_service, interviewer_calendar_service

bp = Blueprint("interviewer_calendars", __name__)


@bp.get("/interviewer-calendars")
@endpoint("availability.update", out=Page[CalendarOut])
def list_own(principal: Principal):
    """List the calendars that you connected."""
    return interviewer_calendar_service.list_own()


@bp.post("/interviewer-calendars")
@endpoint("availability.update", out=CalendarOut, status=201, idempotency_key="none")
def connect(body: CalendarCreate, principal: Principal):
    """Connect a calendar elsewhere.

    It is read now and every 15 minutes. Its busy times take no interviews; nothing else of it is stored.
    """
    return interviewer_calendar_service.connect(body)


@bp.post("/interviewer-calendars/<uuid:calendar_id>/sync")
@endpoint("availability.update", out=CalendarOut)
def sync(calendar_id: UUID, principal: Principal):
    """Read a calendar that you connected now."""
    return interviewer_calendar_service.sync_own(calendar_id)


@bp.delete("/interviewer-calendars/<uuid:calendar_id>")
@endpoint("availability.update", status=204)
def disconnect(calendar_id: UUID, principal: Principal):
    """Disconnect a calendar, and forget its busy times."""
    interviewer_calendar_service.disconnect(calendar_id)


@bp.get("/calendar-feed")
@endpoint("interviews.read", out=CalendarFeedOut)
def feed(principal: Principal):
    """Get the address at which your calendar program reads your interviews."""
    return calendar_feed_service.of_own()


@bp.post("/calendar-feed/renew")
@endpoint("interviews.read", out=CalendarFeedOut)
def renew(principal: Principal):
    """Give your feed another address, such as after the old one became known to others."""
    return calendar_feed_service.renew()
