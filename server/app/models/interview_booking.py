"""Bookings: candidates choose the time of an interview themselves, by a link."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from app.models.base.model import BaseModel
from app.models.base.tenancy import TenantScoped, within_tenant
from app.models.base.types import Json, UtcDateTime


class InterviewBooking(TenantScoped, BaseModel):
    """What a candidate can choose for an interview; `revision` is part of the link."""

    __tablename__ = "interview_bookings"
    __keys__ = (
        sa.UniqueConstraint("tenant_id", "interview_id"),
        within_tenant("interview_id", "interviews", ondelete="CASCADE"),
        within_tenant("candidate_id", "candidates", ondelete="CASCADE"),
        within_tenant("pool_id", "interviewer_pools", ondelete="CASCADE"),
        sa.Index("ix_interview_bookings_tenant_id_candidate_id", "tenant_id", "candidate_id"),
        sa.Index("ix_interview_bookings_tenant_id_pool_id", "tenant_id", "pool_id"),
    )

    interview_id: Mapped[UUID]
    candidate_id: Mapped[UUID]
    pool_id: Mapped[UUID | None]
    seats: Mapped[int] = mapped_column(default=0)  # how many of the pool the interview needs
    user_ids: Mapped[list[str]] = mapped_column(Json, default=list)  # who takes part in any case
    minutes: Mapped[int]
    since: Mapped[datetime] = mapped_column(UtcDateTime)
    until: Mapped[datetime] = mapped_column(UtcDateTime)
    revision: Mapped[int] = mapped_column(default=1)
    changes: Mapped[int] = mapped_column(default=0)  # how often the candidate has chosen another time
    is_open: Mapped[bool] = mapped_column(default=True)
