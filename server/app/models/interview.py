"""Interviews of applications, and their panels."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from app.models.base.model import BaseModel, Versioned
from app.models.base.state_machine import StateMachine, Transition
from app.models.base.tenancy import TenantScoped, within_tenant
from app.models.base.types import Json, UtcDateTime, enum_of


class InterviewKind(StrEnum):
    """The kind of an interview."""

    PHONE = "phone"
    VIDEO = "video"
    ONSITE = "onsite"
    TECHNICAL = "technical"
    HR = "hr"
    PANEL = "panel"


class InterviewStatus(StrEnum):
    """The status of an interview."""

    PROPOSED = "proposed"
    SCHEDULED = "scheduled"
    AWAITING_FEEDBACK = "awaiting_feedback"
    COMPLETE = "complete"
    CANCELLED = "cancelled"
    NO_SHOW = "no_show"


UPDATE = "interviews.update"
FREED = ("free_panel", "send_cancellations", "close_bookings")
INTERVIEW_MACHINE = StateMachine(
    "interview",
    (
        Transition(
            InterviewStatus.PROPOSED,
            "schedule",
            InterviewStatus.SCHEDULED,
            UPDATE,
            guards=("panel_is_not_empty",),
            effects=("hold_panel", "send_invitations"),
        ),
        # Nobody was invited to a proposed interview, so nobody is notified.
        Transition(InterviewStatus.PROPOSED, "cancel", InterviewStatus.CANCELLED, UPDATE, effects=("close_bookings",)),
        Transition(
            InterviewStatus.SCHEDULED,
            "reschedule",  # the same state, another revision for calendars
            InterviewStatus.SCHEDULED,
            UPDATE,
            effects=("hold_panel", "send_invitations"),
        ),
        Transition(InterviewStatus.SCHEDULED, "cancel", InterviewStatus.CANCELLED, UPDATE, effects=FREED),
        Transition(
            InterviewStatus.SCHEDULED,
            "no_show",
            InterviewStatus.NO_SHOW,
            UPDATE,
            guards=("interview_has_started",),
            effects=("free_panel",),
        ),
        # By the candidate, with a link.
        Transition(
            InterviewStatus.PROPOSED,
            "book",
            InterviewStatus.SCHEDULED,
            None,
            is_automatic=True,
            effects=("hold_panel", "send_invitations"),
        ),
        Transition(
            InterviewStatus.SCHEDULED,
            "rebook",
            InterviewStatus.SCHEDULED,
            None,
            is_automatic=True,
            effects=("hold_panel", "send_invitations"),
        ),
        Transition(
            InterviewStatus.PROPOSED,
            "decline",
            InterviewStatus.CANCELLED,
            None,
            is_automatic=True,
            effects=("close_bookings",),
        ),
        Transition(
            InterviewStatus.SCHEDULED, "decline", InterviewStatus.CANCELLED, None, is_automatic=True, effects=FREED
        ),
        # The application ended.
        Transition(
            InterviewStatus.PROPOSED,
            "void",
            InterviewStatus.CANCELLED,
            None,
            is_automatic=True,
            effects=("close_bookings",),
        ),
        Transition(
            InterviewStatus.SCHEDULED, "void", InterviewStatus.CANCELLED, None, is_automatic=True, effects=FREED
        ),
        Transition(
            InterviewStatus.SCHEDULED,
            "end",  # its time is over
            InterviewStatus.AWAITING_FEEDBACK,
            None,
            is_automatic=True,
            effects=("ask_for_feedback",),
        ),
        Transition(InterviewStatus.AWAITING_FEEDBACK, "no_show", InterviewStatus.NO_SHOW, UPDATE),
        # By hand without the missing scorecards, or automatically with the last one.
        Transition(InterviewStatus.AWAITING_FEEDBACK, "complete", InterviewStatus.COMPLETE, UPDATE),
        Transition(
            InterviewStatus.AWAITING_FEEDBACK,
            "complete_automatically",
            InterviewStatus.COMPLETE,
            None,
            is_automatic=True,
        ),
    ),
)


class Interview(TenantScoped, Versioned, BaseModel):
    """Times are in UTC, and shown in `zone`; `sequence` is the revision number for calendars (RFC 5545)."""

    __tablename__ = "interviews"
    __keys__ = (
        within_tenant("application_id", "applications", ondelete="CASCADE"),
        within_tenant("candidate_id", "candidates", ondelete="CASCADE"),
        within_tenant("kit_id", "interview_kits"),
        sa.CheckConstraint("starts_at < ends_at", name="times"),
        # A proposal that is cancelled never had a time.
        sa.CheckConstraint("status = 'proposed' or status = 'cancelled' or starts_at is not null", name="has_a_time"),
        sa.Index("ix_interviews_tenant_id_application_id", "tenant_id", "application_id"),
        sa.Index("ix_interviews_tenant_id_candidate_id", "tenant_id", "candidate_id"),
        sa.Index("ix_interviews_tenant_id_starts_at_id", "tenant_id", "starts_at", "id"),
        sa.Index("ix_interviews_tenant_id_created_at_id", "tenant_id", "created_at", "id"),
        sa.Index("ix_interviews_tenant_id_status_ends_at", "tenant_id", "status", "ends_at"),  # interviews to end
    )

    application_id: Mapped[UUID]
    candidate_id: Mapped[UUID]
    kit_id: Mapped[UUID | None]
    kind: Mapped[InterviewKind] = mapped_column(enum_of(InterviewKind, "kind"))
    status: Mapped[InterviewStatus] = mapped_column(
        enum_of(InterviewStatus, "status"), default=InterviewStatus.PROPOSED
    )
    status_reason: Mapped[str | None] = mapped_column(sa.String(500))
    starts_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    ends_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    zone: Mapped[str] = mapped_column(sa.String(64))  # of the times in mails
    location: Mapped[str | None] = mapped_column(sa.String(200))
    meeting_url: Mapped[str | None] = mapped_column(sa.String(400))
    invites_candidate: Mapped[bool] = mapped_column(default=True)
    rubric: Mapped[list[dict[str, Any]]] = mapped_column(Json, default=list)  # copied: the kit may change later
    sequence: Mapped[int] = mapped_column(default=0)
    reminded_at: Mapped[datetime | None] = mapped_column(UtcDateTime)  # or invited within a day of the start


class InterviewPanelist(TenantScoped, BaseModel):
    """A panel seat; while `is_held`, the user's time is reserved. On PostgreSQL, a constraint prevents overlaps."""

    __tablename__ = "interview_panelists"
    __keys__ = (
        sa.UniqueConstraint("tenant_id", "interview_id", "user_id"),
        within_tenant("interview_id", "interviews", ondelete="CASCADE"),
        within_tenant("user_id", "users"),
        sa.Index("ix_interview_panelists_tenant_id_user_id_starts_at", "tenant_id", "user_id", "starts_at"),
    )

    interview_id: Mapped[UUID]
    user_id: Mapped[UUID]
    # Copied from the interview: an exclusion constraint cannot look at another table.
    starts_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    ends_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    is_held: Mapped[bool] = mapped_column(default=False)
