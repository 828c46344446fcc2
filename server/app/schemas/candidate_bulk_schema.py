"""Actions on many candidates at once."""

from __future__ import annotations

from enum import StrEnum
from typing import Annotated
from uuid import UUID

from pydantic import Field, model_validator

from app.schemas.common import Flag, In, ListQuery, Out, UtcMoment
from app.schemas.saved_search_schema import SearchParameters

MAX_IDS = 500


class BulkResult(StrEnum):
    """What became, or with a dry run would become, of one candidate."""

    CHANGED = "changed"
    UNCHANGED = "unchanged"
    NOT_FOUND = "not_found"
    UNDONE = "undone"
    SKIPPED = "skipped"


class BulkAction(In):
    """Which candidates, by id or by a search, and for assign, tag and pool what is given to or taken from them."""

    candidate_ids: Annotated[list[UUID], Field(min_length=1, max_length=MAX_IDS)] | None = None
    query: SearchParameters | None = Field(None, description="Instead of ids: the 500 best hits")
    user_id: UUID | None = Field(None, description="For assign")
    tag_id: UUID | None = Field(None, description="For tag and untag")
    pool_id: UUID | None = Field(None, description="For pool and unpool")
    dry_run: Flag = Field(False, description="Tell what would be done, and do nothing")

    @model_validator(mode="after")
    def _check_which(self) -> BulkAction:
        if (self.candidate_ids is None) == (self.query is None):
            raise ValueError("either candidate_ids or query is required, not both")
        return self


class BulkItem(Out):
    """One candidate of the action."""

    candidate_id: UUID
    result: BulkResult


class BulkOut(Out):
    """What was done; `id` is null after a dry run."""

    id: UUID | None
    action: str
    results: list[BulkItem]
    undone_at: UtcMoment | None
    created_at: UtcMoment | None


class BulkOperationItem(Out):
    """An action on many candidates, as a list shows it."""

    id: UUID
    action: str
    user_id: UUID | None
    undone_at: UtcMoment | None
    created_at: UtcMoment


class BulkOperationQuery(ListQuery):
    """Paging of the actions on many candidates."""
