"""Questions of the voluntary survey of applicants."""

from __future__ import annotations

from typing import Annotated
from uuid import UUID

from pydantic import AfterValidator, Field

from app.schemas.common import Flag, In, Line, Out, ShortLine
from app.schemas.patch import Patch
from app.utils.text import name_key


def _distinct(options: list[str]) -> list[str]:
    if len({name_key(option) for option in options}) < len(options):
        raise ValueError("must not contain duplicates")
    return options


Options = Annotated[list[ShortLine], Field(min_length=2, max_length=30), AfterValidator(_distinct)]


class SurveyQuestionCreate(In):
    """A new survey question. Answers are always optional."""

    label: Line = Field(examples=["How do you describe your gender?"])
    options: Options = Field(examples=[["Woman", "Man", "Non-binary"]])


class SurveyQuestionUpdate(Patch):
    """Fields to change. You can only add options, so that no response reveals whether anybody chose one."""

    label: Line | None = None
    options: Options | None = Field(None, examples=[["A friend", "A job board", "Elsewhere"]])
    is_active: Flag | None = None


class SurveyQuestionOut(Out):
    """A survey question. An inactive question is no longer asked."""

    id: UUID
    label: str
    options: list[str]
    is_active: bool
