"""Bulk actions on candidates."""

from __future__ import annotations

from enum import StrEnum
from typing import Annotated
from uuid import UUID

from pydantic import Field, model_validator

from app.schemas.common import Flag, In, Out, UtcMoment
from app.schemas.lists import ListQuery
from app.schemas.saved_search_schema import SearchParameters

MAX_IDS = 500  # done in the request, in a constant number of statements


class BulkResult(StrEnum):
    """The result for one candidate, or with a dry run the expected result."""

    CHANGED = "changed"
    UNCHANGED = "unchanged"
    NOT_FOUND = "not_found"
    UNDONE = "undone"
    SKIPPED = "skipped"


class BulkAction(In):
    """The candidates, by id or by search, and the user, tag or pool that the action requires."""

    candidate_ids: Annotated[list[UUID], Field(min_length=1, max_length=MAX_IDS)] | None = Field(
        None, examples=[["0197f3a2-5c1e-7d10-9f5c-6f2f8f0a7b12"]]
    )
    query: SearchParameters | None = Field(
        None, description="A search instead of ids; the action applies to its 500 best hits"
    )
    user_id: UUID | None = Field(None, description="Required for `assign`")
    tag_id: UUID | None = Field(None, description="Required for `tag` and `untag`")
    pool_id: UUID | None = Field(None, description="Required for `pool` and `unpool`")
    dry_run: Flag = Field(False, description="Preview the result without changing anything")

    @model_validator(mode="after")
    def _check_which(self) -> BulkAction:
        if (self.candidate_ids is None) == (self.query is None):
            raise ValueError("either `candidate_ids` or `query` is required, not both")
        return self


class BulkItem(Out):
    """The result for one candidate."""

    candidate_id: UUID
    result: BulkResult


class BulkOut(Out):
    """The result of a bulk action. After a dry run, `id` is null."""

    id: UUID | None
    action: str
    results: list[BulkItem]
    undone_at: UtcMoment | None
    created_at: UtcMoment | None


class BulkOperationItem(Out):
    """A bulk action as shown in lists."""

    id: UUID
    action: str
    user_id: UUID | None
    undone_at: UtcMoment | None
    created_at: UtcMoment


class BulkOperationQuery(ListQuery):
    """Pagination and sorting of bulk actions."""
