"""A stage of a job's pipeline."""

from __future__ import annotations

from enum import StrEnum
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from app.models.base import BaseModel
from app.models.tenancy import TenantScoped, within_tenant
from app.models.types import enum_of


class StageKind(StrEnum):
    """What a stage means, whatever it is called."""

    LEAD = "lead"
    APPLIED = "applied"
    SCREEN = "screen"
    INTERVIEW = "interview"
    OFFER = "offer"
    HIRED = "hired"


DEFAULT_PIPELINE: tuple[tuple[str, StageKind], ...] = (
    ("Lead", StageKind.LEAD),
    ("Applied", StageKind.APPLIED),
    ("Screening", StageKind.SCREEN),
    ("Interview", StageKind.INTERVIEW),
    ("Offer", StageKind.OFFER),
    ("Hired", StageKind.HIRED),
)


class JobStage(TenantScoped, BaseModel):
    """Ordered by `position` within its job."""

    __tablename__ = "job_stages"
    __keys__ = (
        sa.UniqueConstraint("tenant_id", "job_id", "name"),
        sa.UniqueConstraint("tenant_id", "job_id", "position"),
        within_tenant("job_id", "jobs", ondelete="CASCADE"),
    )

    job_id: Mapped[UUID]
    name: Mapped[str] = mapped_column(sa.String(80))
    kind: Mapped[StageKind] = mapped_column(enum_of(StageKind, "kind"))
    position: Mapped[int] = mapped_column(sa.SmallInteger)
