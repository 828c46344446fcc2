"""Times at which interviewers cannot: pauses that they enter, and what their calendars elsewhere say."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from app.models.base.model import BaseModel
from app.models.base.tenancy import TenantScoped, within_tenant
from app.models.base.types import UtcDateTime, enum_of


class InterviewerPause(TenantScoped, BaseModel):
    """A time without interviews, such as a vacation."""

    __tablename__ = "interviewer_pauses"
    __keys__ = (
        within_tenant("user_id", "users", ondelete="CASCADE"),
        sa.CheckConstraint("starts_at < ends_at", name="times"),
        sa.Index("ix_interviewer_pauses_tenant_id_user_id_starts_at", "tenant_id", "user_id", "starts_at"),
    )

    user_id: Mapped[UUID]
    starts_at: Mapped[datetime] = mapped_column(UtcDateTime)
    ends_at: Mapped[datetime] = mapped_column(UtcDateTime)
    reason: Mapped[str | None] = mapped_column(sa.String(200))


class CalendarKind(StrEnum):
    """How a calendar elsewhere is read."""

    ICS = "ics"  # a file at an address (RFC 5545)
    CALDAV = "caldav"  # a collection on a server (RFC 4791)


class InterviewerCalendar(TenantScoped, BaseModel):
    """A calendar elsewhere; only its busy times are stored."""

    __tablename__ = "interviewer_calendars"
    __keys__ = (
        within_tenant("user_id", "users", ondelete="CASCADE"),
        sa.Index("ix_interviewer_calendars_tenant_id_user_id", "tenant_id", "user_id"),
    )

    user_id: Mapped[UUID]
    kind: Mapped[CalendarKind] = mapped_column(enum_of(CalendarKind, "kind"))
    encrypted_url: Mapped[str] = mapped_column(sa.String(2000))  # the address of an ICS file is a secret
    username: Mapped[str | None] = mapped_column(sa.String(200))
    encrypted_password: Mapped[str | None] = mapped_column(sa.String(1000))
    synced_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    due_at: Mapped[datetime] = mapped_column(UtcDateTime)
    failures: Mapped[int] = mapped_column(default=0)
    error: Mapped[str | None] = mapped_column(sa.String(500))


class InterviewerBusyTime(TenantScoped, BaseModel):
    """A time at which a calendar elsewhere says that its user is busy."""

    __tablename__ = "interviewer_busy_times"
    __keys__ = (
        within_tenant("calendar_id", "interviewer_calendars", ondelete="CASCADE"),
        within_tenant("user_id", "users", ondelete="CASCADE"),
        sa.Index("ix_interviewer_busy_times_tenant_id_calendar_id", "tenant_id", "calendar_id"),
        sa.Index("ix_interviewer_busy_times_tenant_id_user_id_starts_at", "tenant_id", "user_id", "starts_at"),
    )

    calendar_id: Mapped[UUID]
    user_id: Mapped[UUID]
    starts_at: Mapped[datetime] = mapped_column(UtcDateTime)
    ends_at: Mapped[datetime] = mapped_column(UtcDateTime)


class CalendarFeed(TenantScoped, BaseModel):
    """The feed of a user's interviews; `revision` is part of its address, so that a new one replaces the old."""

    __tablename__ = "calendar_feeds"
    __keys__ = (
        sa.UniqueConstraint("tenant_id", "user_id"),
        within_tenant("user_id", "users", ondelete="CASCADE"),
    )

    user_id: Mapped[UUID]
    revision: Mapped[int] = mapped_column(default=1)
