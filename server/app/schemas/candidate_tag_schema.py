"""Tags."""

from __future__ import annotations

from typing import Annotated, ClassVar
from uuid import UUID

from pydantic import Field, StringConstraints

from app.schemas.common import In, Out, ShortLine
from app.schemas.patch import Patch

Color = Annotated[str, StringConstraints(pattern=r"^#[0-9a-f]{6}$", strict=True)]


class CandidateTagCreate(In):
    """A new tag. Names must be unique, ignoring case, accents and extra spaces."""

    name: ShortLine = Field(examples=["Ready to relocate"])
    color: Color | None = Field(None, examples=["#0a5c7a"])


class CandidateTagUpdate(Patch):
    """Fields to change. Candidates keep the tag."""

    nullable: ClassVar[frozenset[str]] = frozenset({"color"})

    name: ShortLine | None = None
    color: Color | None = None


class CandidateTagOut(Out):
    """A tag."""

    id: UUID
    name: str
    color: str | None


class TagCount(CandidateTagOut):
    """A tag with the number of visible candidates that have it."""

    candidate_count: int
