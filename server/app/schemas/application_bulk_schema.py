"""Bulk moves and rejections of applications."""

from __future__ import annotations

from enum import StrEnum
from typing import Annotated
from uuid import UUID

from pydantic import Field, model_validator

from app.schemas.common import Flag, In, Out, Reason, UtcMoment

MAX_IDS = 500  # done in the request, in a constant number of statements


class ApplicationBulkResult(StrEnum):
    """The result for one application, or with a dry run the expected result."""

    CHANGED = "changed"
    REFUSED = "refused"
    NOT_FOUND = "not_found"
    UNDONE = "undone"
    SKIPPED = "skipped"


class ApplicationBulkMove(In):
    """Applications of one job, their current stage and the stage to move them to."""

    application_ids: Annotated[list[UUID], Field(min_length=1, max_length=MAX_IDS)]
    from_stage_id: UUID
    to_stage_id: UUID
    dry_run: Flag = Field(False, description="Preview the result without changing anything")


class ApplicationBulkReject(In):
    """Applications, and the reason to reject them."""

    application_ids: Annotated[list[UUID], Field(min_length=1, max_length=MAX_IDS)]
    reason: Reason | None = Field(None, examples=["The position is filled."])
    reason_id: UUID | None = None
    dry_run: Flag = Field(False, description="Preview the result without changing anything")

    @model_validator(mode="after")
    def _check_reason(self) -> ApplicationBulkReject:
        if self.reason is None and self.reason_id is None:
            raise ValueError("`reason` or `reason_id` is required")
        return self


class ApplicationBulkItem(Out):
    """The result for one application. If it is refused, `code` says why."""

    application_id: UUID
    result: ApplicationBulkResult
    code: str | None = None


class ApplicationBulkOut(Out):
    """The result of a bulk action. After a dry run, `id` is null."""

    id: UUID | None
    action: str
    results: list[ApplicationBulkItem]
    undone_at: UtcMoment | None
    created_at: UtcMoment | None
