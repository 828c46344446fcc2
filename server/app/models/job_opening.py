"""Openings: the positions that a job hires for."""

from __future__ import annotations

from datetime import date, datetime
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from app.models.base.model import BaseModel
from app.models.base.tenancy import TenantScoped, within_tenant
from app.models.base.types import UtcDateTime


class JobOpening(TenantScoped, BaseModel):
    """Free until filled or closed; at most one application can name it as the opening that it fills."""

    __tablename__ = "job_openings"
    __keys__ = (
        sa.UniqueConstraint("tenant_id", "job_id", "number"),
        within_tenant("job_id", "jobs", ondelete="CASCADE"),
        sa.CheckConstraint("filled_at is null or closed_at is null", name="one_end"),  # a filled one is never closed
    )

    job_id: Mapped[UUID]
    number: Mapped[int] = mapped_column(sa.Integer)  # not reused when an opening is closed
    reference: Mapped[str | None] = mapped_column(sa.String(60))
    target_start_on: Mapped[date | None]
    filled_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    closed_at: Mapped[datetime | None] = mapped_column(UtcDateTime)  # the job's number of openings was reduced
