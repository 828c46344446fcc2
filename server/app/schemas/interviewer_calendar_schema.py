"""Calendars elsewhere that interviewers connect, and the feed of their interviews."""

from __future__ import annotations

import re
from typing import Annotated
from uuid import UUID

from pydantic import Field, StringConstraints, field_validator, model_validator

from app.models.interviewer_busy_time import CalendarKind
from app.schemas.common import In, Line, Out, UtcMoment


class CalendarCreate(In):
    """A calendar whose busy times take no interviews. Nothing else of it is stored."""

    kind: CalendarKind = Field(
        description="`ics`: a file at an address; `caldav`: a collection on a server", examples=["ics"]
    )
    url: Annotated[str, StringConstraints(min_length=8, max_length=1000, strict=True)] = Field(
        description="Address, with https:// or webcal://. It is stored encrypted and never returned",
        examples=["https://calendar.example/private/grace.ics"],
    )
    username: Line | None = Field(None, description="For CalDAV")
    password: Annotated[str, StringConstraints(min_length=1, max_length=400, strict=True)] | None = Field(
        None, description="For CalDAV, better an app password. It is stored encrypted and never returned"
    )

    @field_validator("url")
    @classmethod
    def _read_webcal(cls, url: str) -> str:
        """Programs show the address of a calendar as webcal://, which is read by HTTPS."""
        return re.sub(r"^webcals?://", "https://", url, flags=re.IGNORECASE)

    @model_validator(mode="after")
    def _check_credentials(self) -> CalendarCreate:
        if (self.username is None) != (self.password is None):
            raise ValueError("send both `username` and `password`, or neither")
        return self


class CalendarOut(Out):
    """A calendar that you connected."""

    id: UUID
    kind: CalendarKind
    host: str = Field(description="The server of the calendar")
    username: str | None
    synced_at: UtcMoment | None = Field(description="When it was read last")
    failures: int = Field(description="How often in a row it could not be read")
    error: str | None = Field(description="Why it could not be read")
    busy_times: int = Field(description="Busy times in the next 60 days")
    created_at: UtcMoment
    updated_at: UtcMoment


class CalendarFeedOut(Out):
    """The feed of your interviews, for your calendar program."""

    url: str = Field(description="Whoever knows this address sees your interviews")
