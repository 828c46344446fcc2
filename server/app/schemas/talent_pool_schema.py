"""Talent pools."""

from __future__ import annotations

from typing import ClassVar
from uuid import UUID

from pydantic import Field

from app.schemas.common import In, Line, Out, ShortLine, UtcMoment
from app.schemas.lists import IdsOrNone, ListQuery, SearchLine
from app.schemas.patch import Patch


class TalentPoolCreate(In):
    """A new talent pool."""

    name: ShortLine = Field(examples=["Data engineers in Hamburg"])
    description: Line | None = None
    owner_id: UUID | None = None


class TalentPoolUpdate(Patch):
    """Fields to change."""

    nullable: ClassVar[frozenset[str]] = frozenset({"description", "owner_id"})

    name: ShortLine | None = None
    description: Line | None = None
    owner_id: UUID | None = None


class TalentPoolOut(Out):
    """A talent pool."""

    id: UUID
    name: str
    description: str | None
    owner_id: UUID | None
    version: int
    created_at: UtcMoment
    updated_at: UtcMoment


class TalentPoolItem(TalentPoolOut):
    """A talent pool with the number of its candidates that are visible to you."""

    candidate_count: int


class TalentPoolQuery(ListQuery):
    """Filters for listing talent pools. `candidate_id` returns the pools that contain the candidate."""

    sorts: ClassVar[tuple[str, ...]] = ("created_at", "updated_at", "key")

    q: SearchLine | None = Field(None, description="Part of the name")
    owner_id: IdsOrNone | None = None
    candidate_id: UUID | None = None
