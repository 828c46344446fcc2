"""The stages of a job's pipeline."""

from __future__ import annotations

from enum import StrEnum
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from app.models.base.model import BaseModel
from app.models.base.tenancy import TenantScoped, within_tenant
from app.models.base.types import Json, enum_of


# The order of the kinds is the order of the funnel in reports across jobs.
class StageKind(StrEnum):
    """The meaning of a stage, independent of its name."""

    LEAD = "lead"
    APPLIED = "applied"
    SCREEN = "screen"
    INTERVIEW = "interview"
    OFFER = "offer"
    HIRED = "hired"


class StageGate(StrEnum):
    """A requirement that an application must meet to enter a stage."""

    RESUME = "resume"
    TASKS_DONE = "tasks_done"
    INTERVIEW_COMPLETE = "interview_complete"
    SCORECARDS_IN = "scorecards_in"


DEFAULT_PIPELINE: tuple[tuple[str, StageKind], ...] = (
    ("Lead", StageKind.LEAD),
    ("Applied", StageKind.APPLIED),
    ("Screening", StageKind.SCREEN),
    ("Interview", StageKind.INTERVIEW),
    ("Offer", StageKind.OFFER),
    ("Hired", StageKind.HIRED),
)


class JobStage(TenantScoped, BaseModel):
    """A stage, ordered by `position`; a removed stage remains for its history, without a position."""

    __tablename__ = "job_stages"
    __keys__ = (
        sa.Index(
            "uq_job_stages_tenant_id_job_id_name_present",  # a removed stage does not occupy its name
            "tenant_id",
            "job_id",
            "name",
            unique=True,
            sqlite_where=sa.text("position is not null"),
            postgresql_where=sa.text("position is not null"),
        ),
        sa.UniqueConstraint("tenant_id", "job_id", "position"),  # removed stages have NULL, which may repeat
        within_tenant("job_id", "jobs", ondelete="CASCADE"),
    )

    job_id: Mapped[UUID]
    name: Mapped[str] = mapped_column(sa.String(80))
    kind: Mapped[StageKind] = mapped_column(enum_of(StageKind, "kind"))
    position: Mapped[int | None] = mapped_column(sa.SmallInteger)
    last_position: Mapped[int | None] = mapped_column(sa.SmallInteger, doc="where it was when it was taken out")
    public_name: Mapped[str | None] = mapped_column(sa.String(80), doc="what candidates read; else a word for the kind")
    mails_candidate: Mapped[bool] = mapped_column(default=False, doc="whether a move to this stage is mailed")
    gates: Mapped[list[str]] = mapped_column(Json, default=list)
    automations: Mapped[list[dict[str, Any]]] = mapped_column(Json, default=list)
