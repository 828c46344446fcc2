"""Screenings: applications that failed a screening question, and what a person decided about them."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from app.models.application import MOVE
from app.models.base.model import BaseModel, Versioned
from app.models.base.state_machine import StateMachine, Transition
from app.models.base.tenancy import TenantScoped, within_tenant
from app.models.base.types import Json, UtcDateTime, enum_of


class ScreeningStatus(StrEnum):
    """What became of an answer that does not pass."""

    WAITING = "waiting"
    CONFIRMED = "confirmed"  # a person rejected the application
    OVERTURNED = "overturned"  # a person let it go on
    AUTOMATIC = "automatic"  # the rule rejected it by itself, as the tenant's settings say
    VOID = "void"  # the application ended otherwise


SCREENING_MACHINE = StateMachine(
    "screening",
    (
        Transition(
            ScreeningStatus.WAITING, "confirm", ScreeningStatus.CONFIRMED, MOVE, effects=("reject_applications",)
        ),
        Transition(ScreeningStatus.WAITING, "overturn", ScreeningStatus.OVERTURNED, MOVE, effects=("end_waiting",)),
        Transition(
            ScreeningStatus.WAITING,
            "reject_by_rule",
            ScreeningStatus.AUTOMATIC,
            None,
            is_automatic=True,
            effects=("screen_out",),
        ),
        # What a person did with the application itself decides, too.
        Transition(ScreeningStatus.WAITING, "reject", ScreeningStatus.CONFIRMED, None, is_automatic=True),
        Transition(ScreeningStatus.WAITING, "move_on", ScreeningStatus.OVERTURNED, None, is_automatic=True),
        Transition(ScreeningStatus.WAITING, "void", ScreeningStatus.VOID, None, is_automatic=True),
        # That was undone, or the withdrawn application was reopened.
        *(
            Transition(source, "wait_again", ScreeningStatus.WAITING, None, is_automatic=True)
            for source in (ScreeningStatus.CONFIRMED, ScreeningStatus.OVERTURNED, ScreeningStatus.VOID)
        ),
    ),
)


class Screening(TenantScoped, Versioned, BaseModel):
    """The questions that an application failed, with their rules as they were, and who decided."""

    __tablename__ = "screenings"
    __keys__ = (
        sa.UniqueConstraint("tenant_id", "application_id"),
        within_tenant("application_id", "applications", ondelete="CASCADE"),
        within_tenant("candidate_id", "candidates", ondelete="CASCADE"),
        within_tenant("job_id", "jobs"),
        sa.Index("ix_screenings_tenant_id_status_created_at_id", "tenant_id", "status", "created_at", "id"),
        sa.Index("ix_screenings_tenant_id_job_id", "tenant_id", "job_id"),
        sa.Index("ix_screenings_tenant_id_candidate_id", "tenant_id", "candidate_id"),
    )

    application_id: Mapped[UUID]
    candidate_id: Mapped[UUID]
    job_id: Mapped[UUID]
    status: Mapped[ScreeningStatus] = mapped_column(enum_of(ScreeningStatus, "status"), default=ScreeningStatus.WAITING)
    status_reason: Mapped[str | None] = mapped_column(sa.String(500))
    failed: Mapped[list[dict[str, Any]]] = mapped_column(Json)  # `question_id`, `label` and `passes` of each
    decided_by_id: Mapped[UUID | None]  # NULL: the rule, an API key, or nobody yet; no foreign key, as in events
    decided_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
