"""Availability of interviewers: weekly hours, pauses, and slots in which several of them are free."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from functools import reduce
from uuid import UUID

import sqlalchemy as sa

from app.extensions import db
from app.models import InterviewerAvailability, InterviewerPause, User
from app.schemas.interviewer_availability_schema import (
    AvailabilityIn,
    AvailabilityOut,
    PauseCreate,
    PauseOut,
    SlotOut,
    SlotQuery,
)
from app.schemas.lists import Page
from app.services.access import active_users
from app.services.core import listing, rows
from app.services.core.transaction import use_case
from app.services.events import event_service
from app.services.interviews import interviewer_free_time
from app.services.interviews.interviewer_free_time import OFFICE
from app.services.settings import tenant_settings_service
from app.utils import clock, spans
from app.utils.spans import Span

MAX_PAUSES = 50


def get(user_id: UUID) -> AvailabilityOut:
    """Return a user's weekly availability; by default, office hours in the tenant's time zone."""
    rows.get(User, user_id)
    found = db.session.scalars(
        sa.select(InterviewerAvailability).where(InterviewerAvailability.user_id == user_id)
    ).one_or_none()
    if found is not None:
        return AvailabilityOut.model_validate(found)
    usual = {"zone": tenant_settings_service.time_zone(), "windows": OFFICE}
    return AvailabilityOut.model_validate({"user_id": user_id, "max_per_day": None, "max_per_week": None, **usual})


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
    for name, value in request.model_dump(mode="json").items():
        setattr(kept, name, value)
    db.session.flush()
    event_service.record("user.availability_changed", user)
    return kept


def free_slots(query: SlotQuery) -> Page[SlotOut]:
    """Return the first slots, on quarter hours, in which all of the users are available; others come later."""
    for user_id in query.user_ids:
        active_users.require(user_id, "interviews")
    start = max(query.since, query.cursor or query.since, clock.now())
    users = list(dict.fromkeys(query.user_ids))
    free = interviewer_free_time.of(users, start, query.until)
    common = reduce(lambda first, second: list(spans.overlaps(first, second)), free.values())
    length = timedelta(minutes=query.minutes)
    return slot_page([slot for span in common for slot in spans.cut(span, length)], query.limit)


def slot_page(slots: Sequence[Span], limit: int) -> Page[SlotOut]:
    """Return the first slots as a page, whose cursor is the beginning of the next one."""
    found = [SlotOut(starts_at=begin, ends_at=end) for begin, end in slots[:limit]]
    following = slots[limit][0].isoformat() if len(slots) > limit else None  # the place of the next page
    return Page.model_construct(data=found, has_more=following is not None, next_cursor=following)


@use_case
def add_pause(user_id: UUID, new: PauseCreate) -> InterviewerPause:
    """Add a time without interviews; interviews that are scheduled in it stay."""
    user = rows.lock_row(User, user_id)
    rule = f"A user can have {MAX_PAUSES} pauses"
    own = (InterviewerPause.user_id == user_id, InterviewerPause.ends_at > clock.now())
    rows.enforce_limit(MAX_PAUSES, InterviewerPause, rule, "too_many_pauses", *own)
    pause = InterviewerPause(user_id=user_id, **new.model_dump())
    db.session.add(pause)
    db.session.flush()
    event_service.record("user.availability_changed", user)
    return pause


def list_pauses(user_id: UUID) -> Page[PauseOut]:
    """Return the pauses of a user that are not over, the next one first."""
    rows.get(User, user_id)
    statement = sa.select(InterviewerPause).where(
        InterviewerPause.user_id == user_id, InterviewerPause.ends_at > clock.now()
    )
    found = db.session.scalars(statement.order_by(InterviewerPause.starts_at, InterviewerPause.id))
    return listing.single_page(PauseOut.model_validate(each) for each in found)


@use_case
def delete_pause(pause_id: UUID) -> None:
    """Delete a pause."""
    pause = rows.lock_row(InterviewerPause, pause_id)
    event_service.record("user.availability_changed", rows.get(User, pause.user_id))
    db.session.delete(pause)
