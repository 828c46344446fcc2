"""Merging two candidates who are one person, and taking it back."""

from __future__ import annotations

from enum import StrEnum
from typing import Annotated, Any
from uuid import UUID

from pydantic import Field, model_validator

from app.schemas.common import Flag, In, ListQuery, Out, UtcMoment


class Side(StrEnum):
    """Whose value is taken."""

    WINNER = "winner"
    LOSER = "loser"


class CandidateMergeCreate(In):
    """Who stays, who goes, and for single fields whose value is taken; else the stronger provenance decides."""

    winner_id: UUID
    loser_id: UUID
    choices: Annotated[dict[str, Side], Field(max_length=50)] = Field({}, examples=[{"headline": "loser"}])
    dry_run: Flag = Field(False, description="Show what would come of it, and do nothing")

    @model_validator(mode="after")
    def _check_two(self) -> CandidateMergeCreate:
        if self.winner_id == self.loser_id:
            raise ValueError("a candidate cannot be merged with itself")
        return self


class MergedField(Out):
    """A field of which the two have different values; `side` tells whose is taken, null that both are joined."""

    field: str
    winner: Any
    loser: Any
    result: Any
    side: Side | None


class CandidateMergeOut(Out):
    """A merge; after a dry run `id` is null and nothing was done."""

    id: UUID | None
    winner_id: UUID
    loser_id: UUID
    fields: list[MergedField] | None = Field(None, description="What differed; only when it is merged")
    moved: dict[str, int] | None = Field(None, description="How many notes, documents and so on go over to the winner")
    undone_at: UtcMoment | None = None
    created_at: UtcMoment | None = None


class CandidateMergeUndo(In):
    """Taking a merge back."""

    discard_changes: Flag = Field(False, description="Give up what was changed on the winner since the merge")


class CandidateMergeQuery(ListQuery):
    """Filters of the merges."""

    winner_id: UUID | None = None
    loser_id: UUID | None = None
