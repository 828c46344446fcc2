"""Closing a job, and what becomes of its active applications."""

from __future__ import annotations

from enum import StrEnum
from uuid import UUID

from pydantic import Field, model_validator

from app.schemas.common import Flag
from app.schemas.job_schema import JobAction


class Leftover(StrEnum):
    """What becomes of the active applications of a job that is closed."""

    KEEP = "keep"
    REJECT = "reject"
    TRANSFER = "transfer"


class JobClosing(JobAction):
    """Why a job is closed, and what becomes of its active applications, which you must say if there are any."""

    applications: Leftover | None = Field(None, examples=["reject"])
    reason_id: UUID | None = Field(None, description="The reason to reject them; without it, `reason` is theirs too")
    to_job_id: UUID | None = Field(None, description="The open job to transfer them to")
    dry_run: Flag = Field(False, description="Count the applications without changing anything")

    @model_validator(mode="after")
    def _check_target(self) -> JobClosing:
        if (self.applications == Leftover.TRANSFER) != (self.to_job_id is not None):
            raise ValueError("`to_job_id` belongs to `transfer`, which needs it")
        if self.reason_id is not None and self.applications != Leftover.REJECT:
            raise ValueError("`reason_id` belongs to `reject`")
        return self
