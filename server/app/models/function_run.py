"""Runs of Inngest functions on the embedded runner: the event, the completed steps and the lease."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from app.models.base.model import BaseModel
from app.models.base.types import Json, UtcDateTime, enum_of


class FunctionRunStatus(StrEnum):
    """The status of a run."""

    WAITING = "waiting"
    RUNNING = "running"
    COMPLETED = "completed"
    FAILED = "failed"


class FunctionRun(BaseModel):
    """A run; not of a tenant, since it holds only ids. Unique per function and event, which drops duplicates."""

    __tablename__ = "function_runs"
    __table_args__ = (
        sa.UniqueConstraint("function_id", "event_id"),  # a resent event starts no second run
        # The runner looks for the next run that is due, of any tenant.
        sa.Index("ix_function_runs_status_wake_at", "status", "wake_at"),
    )

    function_id: Mapped[str] = mapped_column(sa.String(120))
    event_id: Mapped[str] = mapped_column(sa.String(120))
    event: Mapped[dict[str, Any]] = mapped_column(Json)
    status: Mapped[FunctionRunStatus] = mapped_column(
        enum_of(FunctionRunStatus, "status"), default=FunctionRunStatus.WAITING
    )
    steps: Mapped[dict[str, Any]] = mapped_column(Json, default=dict)  # results; a step with one is not executed again
    attempt: Mapped[int] = mapped_column(default=0)  # failures of the current step; each stored step resets it
    wake_at: Mapped[datetime] = mapped_column(UtcDateTime)  # later while it sleeps or waits for a retry
    lease_until: Mapped[datetime | None] = mapped_column(UtcDateTime)  # expired while running: its process died
    error: Mapped[str | None] = mapped_column(sa.Text)
