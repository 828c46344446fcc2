"""Moves and rejections of many applications at once."""

from __future__ import annotations

from enum import StrEnum
from typing import Annotated
from uuid import UUID

from pydantic import Field, model_validator

from app.schemas.common import Flag, In, Out, Reason, UtcMoment

MAX_IDS = 500


class ApplicationBulkResult(StrEnum):
    """What became, or with a dry run would become, of one application."""

    CHANGED = "changed"
    REFUSED = "refused"
    NOT_FOUND = "not_found"
    UNDONE = "undone"
    SKIPPED = "skipped"


class ApplicationBulkMove(In):
    """Applications of one job, the stage they stand at and the one they go to."""

    application_ids: Annotated[list[UUID], Field(min_length=1, max_length=MAX_IDS)]
    from_stage_id: UUID
    to_stage_id: UUID
    dry_run: Flag = Field(False, description="Tell what would be done, and do nothing")


class ApplicationBulkReject(In):
    """Applications, and why they are rejected."""

    application_ids: Annotated[list[UUID], Field(min_length=1, max_length=MAX_IDS)]
    reason: Reason | None = Field(None, examples=["The position is filled."])
    reason_id: UUID | None = None
    dry_run: Flag = Field(False, description="Tell what would be done, and do nothing")

    @model_validator(mode="after")
    def _check_reason(self) -> ApplicationBulkReject:
        if self.reason is None and self.reason_id is None:
            raise ValueError("reason or reason_id is required")
        return self


class ApplicationBulkItem(Out):
    """One application of the action; `code` says why it is refused."""

    application_id: UUID
    result: ApplicationBulkResult
    code: str | None = None


class ApplicationBulkOut(Out):
    """What was done; `id` is null after a dry run."""

    id: UUID | None
    action: str
    results: list[ApplicationBulkItem]
    undone_at: UtcMoment | None
    created_at: UtcMoment | None
