"""Bookings of interviews by candidates."""

from __future__ import annotations

from typing import Annotated
from uuid import UUID

from pydantic import AfterValidator, Field, model_validator

from app.models.interview import InterviewKind
from app.schemas.careers_schema import Sender
from app.schemas.common import In, Moment, Out, Query, UtcMoment, bounds, clean_text
from app.schemas.interview_kit_schema import Minutes
from app.schemas.interviewer_availability_schema import SlotOut
from app.schemas.tenant_schema import TimeZone
from app.utils import clock

MAX_DAYS = 60
Note = Annotated[str, bounds(2000), AfterValidator(clean_text)]


class BookingCreate(In):
    """What the candidate can choose from: times in which all of the panel are free, and `seats` of the pool."""

    pool_id: UUID | None = Field(
        None, description="The pool from which interviewers are taken; null for the panel alone"
    )
    seats: Annotated[int, Field(strict=True, ge=1, le=5)] = Field(1, description="How many of the pool are needed")
    minutes: Minutes | None = Field(None, description="Length; by default that of the kit, or 60")
    since: Moment | None = Field(None, alias="from", description="Not before; by default now")
    until: Moment | None = Field(None, description="Not after; by default two weeks later, at most 60 days")
    note: Note | None = Field(None, description="What you write to the candidate in the email")

    @model_validator(mode="after")
    def _check_order(self) -> BookingCreate:
        if self.until is not None and self.until <= (self.since or clock.now()):
            raise ValueError("`until` must be in the future, and after `from`")
        return self


class BookingOut(Out):
    """A booking link of an interview."""

    id: UUID
    interview_id: UUID
    candidate_id: UUID
    pool_id: UUID | None = Field(description="The pool from which interviewers are taken")
    seats: int = Field(description="How many of the pool are needed; 0 without a pool")
    user_ids: list[UUID] = Field(description="The users who take part in any case")
    minutes: int
    since: UtcMoment = Field(description="Times are offered from here")
    until: UtcMoment = Field(description="Times are offered up to here")
    changes: int = Field(description="How often the candidate has chosen another time; twice at most")
    is_open: bool = Field(description="Whether the link can be used")
    created_at: UtcMoment
    updated_at: UtcMoment


class BookingPage(Query):
    """Which times on offer a page shows."""

    after: Moment | None = None


class BookingChoice(In):
    """The time that the candidate chooses: one of the slots."""

    starts_at: Moment = Field(examples=["2027-01-31T09:00:00Z"])
    zone: TimeZone | None = Field(None, description="Time zone for times in emails", examples=["Europe/Berlin"])


class BookingSlotQuery(Query):
    """A page of slots."""

    limit: int = Field(200, ge=1, le=200, description="Most slots of a page")
    cursor: Moment | None = Field(None, description="`next_cursor` of the previous page")


class PublicBooking(Sender):
    """An interview whose time the candidate chooses."""

    language: str | None = Field(description="Language in which the candidate is written to")
    candidate_name: str
    job_title: str
    kind: InterviewKind
    minutes: int
    zone: str
    location: str | None
    meeting_url: str | None
    starts_at: UtcMoment | None = Field(description="The time that was chosen")
    ends_at: UtcMoment | None
    can_change: bool = Field(
        description="Whether another time can be chosen: twice at most, 12 hours before at the latest"
    )


class PublicBookingPage(PublicBooking):
    """The page of a booking link."""

    is_cancelled: bool = False
    slots: list[SlotOut] = []
    next_cursor: str | None = None
