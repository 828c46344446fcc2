"""Screening questions, the answers that go on, and the answers that were given."""

from __future__ import annotations

import re
from datetime import date
from decimal import Decimal
from typing import Annotated, Any, ClassVar
from uuid import UUID

from pydantic import Field, WithJsonSchema, model_validator

from app.models.job_question import QuestionKind
from app.schemas.common import Flag, In, Line, Out, ShortLine
from app.schemas.documented import like
from app.schemas.patch import Patch

MAX_QUESTIONS = 50
CHOICES = (QuestionKind.SINGLE_CHOICE, QuestionKind.MULTIPLE_CHOICE)
NUMBER = re.compile(r"-?[0-9]{1,15}([.,](?P<fraction>[0-9]{1,6}))?")  # "3", "-2.5" or "2,5"
RANGES = (QuestionKind.NUMBER, QuestionKind.DATE)  # answers that have an order, so that `min` and `max` apply


# What an answer may be depends on the kind of the question, which the schema of the form does not know.
AnswerValue = Annotated[
    Any,
    WithJsonSchema(
        {
            "anyOf": [
                {"type": ["string", "number", "boolean", "null"]},
                {"type": "array", "items": {"type": "string"}},
            ]
        }
    ),
]
Options = Annotated[list[Line], Field(min_length=1, max_length=50)]


class Passes(In):
    """Which answers pass: options to require or refuse, or a range of numbers or dates. Others lead to rejection."""

    any_of: Options | None = Field(None, examples=[["yes"]])
    none_of: Options | None = Field(
        None, description="Choosing any of these rejects the application, whatever else is chosen"
    )
    min: ShortLine | None = Field(None, examples=["3"])
    max: ShortLine | None = None


class JobQuestionFields(In):
    """A screening question. A question with a rule in `passes` is always required."""

    label: Line = Field(examples=["May you work in Germany?"])
    kind: QuestionKind = Field(examples=["yes_no"])
    is_required: Flag = False
    options: Annotated[list[ShortLine], Field(max_length=50)] = []
    passes: Passes | None = None

    @model_validator(mode="after")
    def _check(self) -> JobQuestionFields:
        if (self.kind in CHOICES) != bool(self.options):
            raise ValueError("choice questions require options; other questions cannot have them")
        if len(set(self.options)) != len(self.options):
            raise ValueError("`options` must not contain duplicates")
        if self.passes is not None:
            _check_passes(self.kind, self.options, self.passes)
            self.is_required = True
        return self


def _check_passes(kind: QuestionKind, options: list[str], passes: Passes) -> None:
    known = {QuestionKind.YES_NO: ["yes", "no"]}.get(kind, options if kind in CHOICES else [])
    for name in ("any_of", "none_of"):
        if not set(getattr(passes, name) or ()) <= set(known):
            raise ValueError(f"`{name}` must contain only options of this question")
    ends = [end for end in (passes.min, passes.max) if end is not None]
    if ends and kind not in RANGES:
        raise ValueError("`min` and `max` are only allowed for numbers and dates")
    places: list[Any] = [read_end(kind, end) for end in ends]
    if len(places) == 2 and places[0] > places[1]:
        raise ValueError("`min` must not be above `max`")


def read_end(kind: QuestionKind, text: str) -> Decimal | date:
    """A day as 2026-01-31, or a number with a point or a comma; ValueError where it is neither.

    Three digits behind the only separator may be thousands or not: such a number is refused.
    """
    if kind == QuestionKind.DATE:
        return date.fromisoformat(text)
    found = NUMBER.fullmatch(text)
    if found is None or len(found["fraction"] or "") == 3:
        raise ValueError("must be a number without thousands separators")
    return Decimal(text.replace(",", "."))


class JobQuestionCreate(JobQuestionFields):
    """A new question, added after the others."""


class JobQuestionUpdate(Patch):
    """Fields to change. Existing answers are kept. To ask something else, add a new question."""

    nullable: ClassVar[frozenset[str]] = frozenset({"passes"})

    label: Line | None = None
    is_required: Flag | None = None
    passes: Passes | None = None
    position: int | None = Field(None, strict=True, ge=0, lt=MAX_QUESTIONS)


class JobQuestionOut(Out):
    """A screening question. If it was removed, its position is null."""

    id: UUID
    position: int | None
    kind: QuestionKind
    label: str
    is_required: bool
    options: list[str]
    passes: Annotated[dict[str, Any], like("Passes")]


class ApplicationAnswerOut(Out):
    """The answer to a screening question, and whether it passed."""

    question_id: UUID
    label: str
    kind: QuestionKind
    value: AnswerValue
    has_passed: bool
