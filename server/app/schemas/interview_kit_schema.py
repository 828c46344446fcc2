"""Interview kits."""

from __future__ import annotations

from typing import Annotated, ClassVar
from uuid import UUID

from pydantic import AfterValidator, Field

from app.schemas.common import (
    In,
    Line,
    Out,
    ShortLine,
    Text,
    UtcMoment,
)
from app.schemas.patch import Patch

Minutes = Annotated[int, Field(strict=True, ge=5, le=480)]


class RubricItem(In):
    """A criterion to rate, from 1 (strong no) to 4 (strong yes)."""

    name: ShortLine = Field(examples=["SQL"])
    description: Line | None = Field(None, examples=["Joins, windows, plans"])


def _distinct(rubric: list[RubricItem]) -> list[RubricItem]:
    if len({item.name for item in rubric}) != len(rubric):
        raise ValueError("must not contain the same name twice")
    return rubric


Rubric = Annotated[list[RubricItem], Field(max_length=30), AfterValidator(_distinct)]
Questions = Annotated[list[Line], Field(max_length=50)]


class InterviewKitCreate(In):
    """A new interview kit. Names must be unique, ignoring case, accents and extra spaces."""

    name: ShortLine = Field(examples=["Technical interview"])
    minutes: Minutes = 60
    guide: Text | None = Field(None, examples=["Find out how they take a problem apart."])
    questions: Questions = []
    rubric: Rubric = []


class InterviewKitUpdate(Patch):
    """Fields to change. Existing interviews keep their rubric."""

    nullable: ClassVar[frozenset[str]] = frozenset({"guide"})

    name: ShortLine | None = None
    minutes: Minutes | None = None
    guide: Text | None = None
    questions: Questions | None = None
    rubric: Rubric | None = None


class InterviewKitOut(Out):
    """An interview kit."""

    id: UUID
    name: str
    minutes: int
    guide: str | None
    questions: list[str]
    rubric: list[RubricItem]
    version: int
    created_at: UtcMoment
    updated_at: UtcMoment
