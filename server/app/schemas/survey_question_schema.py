"""Questions of the voluntary survey of applicants."""

from __future__ import annotations

from typing import Annotated
from uuid import UUID

from pydantic import AfterValidator, Field

from app.schemas.common import Flag, In, Line, Out, ShortLine
from app.utils.text import name_key


def _distinct(options: list[str]) -> list[str]:
    if len({name_key(option) for option in options}) < len(options):
        raise ValueError("the options must differ")
    return options


Options = Annotated[list[ShortLine], Field(min_length=2, max_length=30), AfterValidator(_distinct)]


class SurveyQuestionCreate(In):
    """A new question; nobody has to answer."""

    label: Line = Field(examples=["How do you describe your gender?"])
    options: Options = Field(examples=[["Woman", "Man", "Non-binary"]])


class SurveyQuestionUpdate(In):
    """What to change; options can only be added, so that no answer tells whether somebody chose one."""

    label: Line | None = None
    options: Options | None = None
    is_active: Flag | None = None


class SurveyQuestionOut(Out):
    """A question of the survey; one that is not active is asked no more."""

    id: UUID
    label: str
    options: list[str]
    is_active: bool
