"""Merging duplicate candidates, and undoing it."""

from __future__ import annotations

from enum import StrEnum
from typing import Annotated, Any
from uuid import UUID

from pydantic import Field, model_validator

from app.schemas.common import Flag, In, Out, UtcMoment
from app.schemas.documented import like
from app.schemas.lists import ListQuery


class Side(StrEnum):
    """The candidate whose value is used."""

    WINNER = "winner"
    LOSER = "loser"


class CandidateMergeCreate(In):
    """The two candidates to merge. `choices` sets whose value a field gets; else the stronger provenance wins."""

    winner_id: UUID
    loser_id: UUID = Field(examples=["0197f3a2-5c1e-7d10-9f5c-6f2f8f0a7b12"])
    choices: Annotated[dict[str, Side], Field(max_length=50)] = Field({}, examples=[{"headline": "loser"}])
    dry_run: Flag = Field(False, description="Preview the result without changing anything")

    @model_validator(mode="after")
    def _check_two(self) -> CandidateMergeCreate:
        if self.winner_id == self.loser_id:
            raise ValueError("a candidate cannot be merged with itself")
        return self


FieldContent = Annotated[Any, like("JsonValue")]


class MergedField(Out):
    """A field with different values. `side` says whose value is used; if it is null, both are combined."""

    field: str
    winner: FieldContent
    loser: FieldContent
    result: FieldContent
    side: Side | None


class CandidateMergeOut(Out):
    """A merge. After a dry run, `id` is null and nothing has changed."""

    id: UUID | None
    winner_id: UUID
    loser_id: UUID
    fields: list[MergedField] | None = Field(None, description="Fields that differ; only in the response to a merge")
    moved: dict[str, int] | None = Field(
        None, description="Number of notes, documents and so on that move to the winner"
    )
    undone_at: UtcMoment | None = None
    created_at: UtcMoment | None = None


class CandidateMergeUndo(In):
    """Options for undoing a merge."""

    discard_changes: Flag = Field(False, description="Discard changes made to the winner since the merge")


class CandidateMergeQuery(ListQuery):
    """Filters for listing merges."""

    winner_id: UUID | None = None
    loser_id: UUID | None = None
