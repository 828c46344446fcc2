"""When interviewers can, and when several of them can at once."""

from __future__ import annotations

from datetime import timedelta
from typing import Annotated
from uuid import UUID

from pydantic import Field, model_validator

from app.schemas.common import In, Line, Moment, Out, Query, UtcMoment
from app.schemas.lists import UuidList
from app.schemas.tenant_schema import TimeZone

Clock = Annotated[str, Field(pattern=r"^([01][0-9]|2[0-3]):[0-5][0-9]$", examples=["09:00"])]
ClockEnd = Annotated[str, Field(pattern=r"^(([01][0-9]|2[0-3]):[0-5][0-9]|24:00)$", examples=["17:00"])]
MostInterviews = Annotated[int, Field(strict=True, ge=1, le=50)]
LONGEST_PAUSE = timedelta(days=366)
MAX_SPAN = timedelta(days=31)


class AvailabilityWindow(In):
    """A time window on a weekday (0 is Monday), in the local time of the zone. `24:00` is the end of the day."""

    weekday: int = Field(strict=True, ge=0, le=6)
    start: Clock
    end: ClockEnd

    @model_validator(mode="after")
    def _check_order(self) -> AvailabilityWindow:
        if self.end <= self.start:  # as text: HH:MM sorts by time
            raise ValueError("`end` must be after `start`")
        return self


class AvailabilityIn(In):
    """The weekly hours in which a user can interview. Without windows, the user is never available."""

    zone: TimeZone = Field(examples=["Europe/Berlin"])
    windows: Annotated[list[AvailabilityWindow], Field(max_length=50)]
    max_per_day: MostInterviews | None = Field(None, description="Most interviews of a day; null for any number")
    max_per_week: MostInterviews | None = Field(
        None, description="Most interviews of a week, from Monday; null for any number"
    )


class AvailabilityOut(Out):
    """The weekly hours in which a user can interview. Defaults to office hours in the tenant's time zone."""

    user_id: UUID
    zone: str
    windows: list[AvailabilityWindow]
    max_per_day: int | None = Field(description="Most interviews of a day; null for any number")
    max_per_week: int | None = Field(description="Most interviews of a week, from Monday; null for any number")


class PauseCreate(In):
    """A time without interviews, such as a vacation."""

    starts_at: Moment = Field(examples=["2027-07-01T00:00:00Z"])
    ends_at: Moment = Field(examples=["2027-07-15T00:00:00Z"])
    reason: Line | None = Field(None, examples=["Vacation"])

    @model_validator(mode="after")
    def _check_order(self) -> PauseCreate:
        if self.ends_at <= self.starts_at:
            raise ValueError("`ends_at` must be after `starts_at`")
        if self.ends_at - self.starts_at > LONGEST_PAUSE:
            raise ValueError("a pause can last a year at most")
        return self


class PauseOut(Out):
    """A time without interviews."""

    id: UUID
    user_id: UUID
    starts_at: UtcMoment
    ends_at: UtcMoment
    reason: str | None
    created_at: UtcMoment


class SlotQuery(Query):
    """The users who must all be free, for how long, and in which period (31 days at most)."""

    user_ids: UuidList = Field(min_length=1, max_length=10, description="Comma-separated user ids, 10 at most")
    minutes: int = Field(60, ge=5, le=480)
    since: Moment = Field(alias="from")
    until: Moment
    limit: int = Field(200, ge=1, le=200, description="Most slots of a page")
    cursor: Moment | None = Field(None, description="`next_cursor` of the previous page")

    @model_validator(mode="after")
    def _check_span(self) -> SlotQuery:
        if not timedelta(0) < self.until - self.since <= MAX_SPAN:
            raise ValueError("`until` must be after `from`, by at most 31 days")
        return self


class SlotOut(Out):
    """A time slot in which all users are available."""

    starts_at: UtcMoment
    ends_at: UtcMoment
