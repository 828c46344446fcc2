"""Mail rules: whether, when and with which text candidates are mailed of an event."""

from __future__ import annotations

from enum import StrEnum

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from app.models.base.model import BaseModel, Versioned
from app.models.base.tenancy import TenantScoped
from app.models.base.types import enum_of


class MailTrigger(StrEnum):
    """The events of which candidates are mailed by a rule; emails about offers cannot be turned off."""

    APPLICATION_RECEIVED = "application_received"
    APPLICATION_MOVED = "application_moved"
    APPLICATION_REJECTED = "application_rejected"
    APPLICATION_HIRED = "application_hired"
    INTERVIEW_INVITATION = "interview_invitation"
    INTERVIEW_REMINDER = "interview_reminder"
    INTERVIEW_CANCELLED = "interview_cancelled"
    CANDIDATE_INVITATION_REMINDER = "candidate_invitation_reminder"


class MailRule(TenantScoped, Versioned, BaseModel):
    """What differs from the usual for one event; there is no row for an event that is mailed as usual."""

    __tablename__ = "mail_rules"
    __keys__ = (sa.UniqueConstraint("tenant_id", "trigger"),)

    trigger: Mapped[MailTrigger] = mapped_column(enum_of(MailTrigger, "trigger"))
    is_on: Mapped[bool] = mapped_column(default=True)
    delay_minutes: Mapped[int | None]  # NULL: as usual
    template: Mapped[str | None] = mapped_column(sa.String(80))  # NULL: the text of the event's kind of email
