"""Bookings of interviews, and pools of interviewers."""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from datetime import timedelta
from typing import Any
from uuid import UUID

from app.extensions import db
from app.models import InterviewBooking, InterviewerCalendar
from app.models.interviewer_busy_time import CalendarKind
from app.schemas.interview_booking_schema import BookingCreate
from app.schemas.interview_schema import InterviewCreate
from app.schemas.interviewer_availability_schema import PauseCreate
from app.schemas.interviewer_pool_schema import InterviewerPoolCreate
from app.services.core import rows
from app.services.core.transaction import use_case
from app.services.interviews import (
    interview_booking_service,
    interview_service,
    interviewer_availability_service,
    interviewer_pool_service,
)
from app.services.mail import candidate_links
from app.services.mail.candidate_links import Purpose
from app.utils import clock
from app.utils.encryption import cipher
from tests.factories.application import make_application
from tests.factories.interview import in_days
from tests.factories.tenant import SampleTenant

_numbers = itertools.count(1)


def make_interviewer_pool(tenant: SampleTenant, *roles: str) -> UUID:
    """Add a pool with the users of these roles."""
    users = [tenant.users[role] for role in roles or ("RECRUITER", "MANAGER")]
    with tenant.bound():
        new = InterviewerPoolCreate(name=f"Pool {next(_numbers)}", user_ids=users)
        return interviewer_pool_service.create(new).id


def make_proposal(tenant: SampleTenant, panel: Sequence[UUID] = (), **values: Any) -> UUID:
    """Propose an interview without a time."""
    body = {"application_id": make_application(tenant), "kind": "video", "panel": list(panel), **values}
    with tenant.bound():
        return interview_service.create(InterviewCreate.model_validate(body)).id


def make_booking(tenant: SampleTenant, interview_id: UUID, **values: Any) -> str:
    """Let the candidate choose the time, and return the token of the link."""
    with tenant.bound():
        booking = interview_booking_service.create(interview_id, BookingCreate.model_validate(values))
        return booking_token(tenant, booking.id)


def booking_token(tenant: SampleTenant, booking_id: UUID) -> str:
    """Return the token of the link that is valid now."""
    with tenant.bound():
        booking = rows.get(InterviewBooking, booking_id)
        return candidate_links.make(Purpose.BOOKING, booking.id, booking.revision)


def make_calendar(tenant: SampleTenant, role: str = "TENANT_ADMIN") -> UUID:
    """Connect a calendar elsewhere, which nobody reads."""
    with tenant.bound():
        return _store_calendar(tenant.users[role])


@use_case
def _store_calendar(user_id: UUID) -> UUID:
    url = cipher.encrypt("https://calendar.invalid/x.ics")
    later = clock.now() + timedelta(days=3650)
    calendar = InterviewerCalendar(user_id=user_id, kind=CalendarKind.ICS, encrypted_url=url, due_at=later)
    db.session.add(calendar)
    db.session.flush()
    return calendar.id


def make_pause(tenant: SampleTenant, role: str = "RECRUITER") -> UUID:
    """Add a pause next month."""
    with tenant.bound():
        new = PauseCreate.model_validate({"starts_at": in_days(30), "ends_at": in_days(37)})
        return interviewer_availability_service.add_pause(tenant.users[role], new).id
