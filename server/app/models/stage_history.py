"""Stage history: the stages and statuses that an application was in, and when; for reports."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from app.models.application import ApplicationStatus
from app.models.base.model import BaseModel
from app.models.base.tenancy import TenantScoped, within_tenant
from app.models.base.types import UtcDateTime, enum_of


class StageHistoryEntry(TenantScoped, BaseModel):
    """One stage and status, from `entered_at` until `left_at`; the current entry has no `left_at`."""

    __tablename__ = "stage_history"
    __keys__ = (
        within_tenant("application_id", "applications", ondelete="CASCADE"),
        within_tenant("job_id", "jobs"),
        within_tenant("stage_id", "job_stages"),
        sa.Index("ix_stage_history_tenant_id_application_id", "tenant_id", "application_id", "entered_at"),
        # The pipeline board at a past moment.
        sa.Index("ix_stage_history_tenant_id_job_id_entered_at", "tenant_id", "job_id", "entered_at"),
        sa.Index("ix_stage_history_tenant_id_entered_at_id", "tenant_id", "entered_at", "id"),
        sa.Index(
            "uq_stage_history_tenant_id_application_id_present",  # one current entry, also under concurrent steps
            "tenant_id",
            "application_id",
            unique=True,
            sqlite_where=sa.text("left_at is null"),
            postgresql_where=sa.text("left_at is null"),
        ),
    )

    application_id: Mapped[UUID]
    job_id: Mapped[UUID]  # copied from the application, for the index of the board
    stage_id: Mapped[UUID]
    status: Mapped[ApplicationStatus] = mapped_column(enum_of(ApplicationStatus, "status"))
    entered_at: Mapped[datetime] = mapped_column(UtcDateTime)
    left_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
