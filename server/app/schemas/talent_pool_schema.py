"""Talent pools."""

from __future__ import annotations

from typing import ClassVar
from uuid import UUID

from pydantic import Field

from app.schemas.common import In, Line, ListQuery, Out, ShortLine, UtcMoment


class TalentPoolCreate(In):
    """A new pool."""

    name: ShortLine = Field(examples=["Data engineers in Hamburg"])
    description: Line | None = None
    owner_id: UUID | None = None


class TalentPoolUpdate(In):
    """What to change."""

    name: ShortLine | None = None
    description: Line | None = None
    owner_id: UUID | None = None


class TalentPoolOut(Out):
    """A pool."""

    id: UUID
    name: str
    description: str | None
    owner_id: UUID | None
    version: int
    created_at: UtcMoment
    updated_at: UtcMoment


class TalentPoolItem(TalentPoolOut):
    """A pool and how many candidates are in it, of those that one sees."""

    candidate_count: int


class TalentPoolQuery(ListQuery):
    """Filters of the list of pools; with a candidate, the pools that have the candidate."""

    sorts: ClassVar[tuple[str, ...]] = ("created_at", "updated_at", "key")

    owner_id: UUID | None = None
    candidate_id: UUID | None = None
