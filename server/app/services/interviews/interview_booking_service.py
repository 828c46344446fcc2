"""Booking links: for the candidate of an interview, who chooses one of the times on offer."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from uuid import UUID

import sqlalchemy as sa

from app.extensions import db
from app.models import Interview, InterviewBooking, InterviewerPool, InterviewKit
from app.models.interview import InterviewStatus
from app.schemas.interview_booking_schema import MAX_DAYS, BookingCreate
from app.services.core import rows
from app.services.core.transaction import use_case
from app.services.events import event_service
from app.services.interviews import interview_mails, interview_panel
from app.utils import clock, scope
from app.utils.errors import Conflict, Invalid, NotFound

USUAL_DAYS = timedelta(days=14)
USUAL_MINUTES = 60
REASON = "whoever sees an interview sees its booking"
BOOKABLE = (InterviewStatus.PROPOSED, InterviewStatus.SCHEDULED)


def get(interview_id: UUID) -> InterviewBooking:
    """Return the booking link of a visible interview; NotFound if it has none."""
    rows.get(Interview, interview_id)
    booking = _find(interview_id)
    if booking is None:
        raise NotFound("The interview has no booking link.")
    return booking


@use_case
def create(interview_id: UUID, new: BookingCreate) -> InterviewBooking:
    """Mail the candidate a link to choose the time; it replaces an earlier one.

    Conflict if the interview is over or nobody would take part, Invalid if the times on offer are too many or past.
    """
    interview = rows.lock_row(Interview, interview_id)
    if interview.status not in BOOKABLE:
        raise Conflict("The interview can no longer be booked.", code="interview_over", current_state=interview.status)
    interview_mails.check_candidate_address(interview)
    fixed = sorted(interview_panel.seated(interview_id))
    booking = _find(interview_id)
    if booking is None:
        booking = InterviewBooking(interview_id=interview_id, candidate_id=interview.candidate_id, revision=0)
    elif interview.status == InterviewStatus.SCHEDULED:  # others of the panel came from the pool
        fixed = [UUID(each) for each in booking.user_ids]
    if new.pool_id is not None:
        rows.get(InterviewerPool, new.pool_id)
    elif not fixed:
        raise Conflict("The panel is empty. Add an interviewer, or name a pool.", code="no_panel")
    kit = rows.get(InterviewKit, interview.kit_id) if interview.kit_id else None
    since = max(new.since or clock.now(), clock.now())
    booking.since, booking.until = since, new.until or since + USUAL_DAYS
    _check_until(booking)
    booking.pool_id, booking.seats = new.pool_id, new.seats if new.pool_id else 0
    booking.user_ids = [str(each) for each in fixed]
    booking.minutes = new.minutes or (kit.minutes if kit else USUAL_MINUTES)
    booking.revision, booking.changes, booking.is_open = booking.revision + 1, 0, True
    db.session.add(booking)
    db.session.flush()  # the link and the event need the id
    interview_mails.ask_to_book(interview, booking, new.note)
    event_service.record("interview_booking.created", booking, interview_id=interview_id)
    return booking


@use_case
def withdraw(interview_id: UUID) -> None:
    """Withdraw the link of an interview; a time that is booked stays. NotFound if there is none."""
    interview = rows.lock_row(Interview, interview_id)
    booking = get(interview_id)
    close_bookings([interview])
    event_service.record("interview_booking.withdrawn", booking, interview_id=interview_id)


def follow_panel(interview: Interview, user_ids: Sequence[UUID]) -> None:
    """Have a booking link ask for the panel that a user has just chosen; once booked, for nobody besides."""
    booking = _find(interview.id)
    if booking is None:
        return
    booking.user_ids = [str(each) for each in user_ids]
    if interview.status == InterviewStatus.SCHEDULED:
        booking.pool_id, booking.seats = None, 0


def close_bookings(interviews: Sequence[Interview]) -> None:
    """Close the links of interviews, and take back the emails with them that have not left."""
    ids = [interview.id for interview in interviews]
    with scope.unrestricted(REASON):
        for booking in rows.lock_all(InterviewBooking, InterviewBooking.interview_id.in_(ids)):
            booking.is_open = False
    interview_mails.take_booking_back(interviews)


def _check_until(booking: InterviewBooking) -> None:
    # As far ahead as calendars elsewhere are read.
    latest = clock.now() + timedelta(days=MAX_DAYS)
    if not booking.since < booking.until <= latest:
        detail = f"must be after `from`, and at most {MAX_DAYS} days ahead"
        errors = [{"pointer": "/until", "code": "out_of_range", "detail": detail}]
        raise Invalid("The period of the times on offer is not valid.", code="out_of_range", errors=errors)


def _find(interview_id: UUID) -> InterviewBooking | None:
    """Return the booking of an interview, which the caller has checked or locked."""
    with scope.unrestricted(REASON):
        own = sa.select(InterviewBooking).where(InterviewBooking.interview_id == interview_id)
        return db.session.scalars(own).one_or_none()
