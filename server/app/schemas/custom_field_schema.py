"""Custom fields."""

from __future__ import annotations

from typing import Annotated
from uuid import UUID

from pydantic import Field, model_validator

from app.models.custom_field import FieldKind, FieldSubject
from app.schemas.candidate_profile import FieldKey
from app.schemas.common import In, Line, Out, Query, UtcMoment
from app.schemas.lists import AnyOf
from app.schemas.patch import Patch

WITH_CHOICES = (FieldKind.CHOICE, FieldKind.MULTI_CHOICE)
Choices = Annotated[list[Line], Field(max_length=100)]
Position = Annotated[int, Field(strict=True, ge=0, le=1000)]


class CustomFieldCreate(In):
    """A new custom field. Its subject, key and kind cannot be changed later."""

    subject: FieldSubject = FieldSubject.CANDIDATE
    key: FieldKey = Field(examples=["shoe_size"])
    label: Line = Field(examples=["Shoe size"])
    kind: FieldKind = Field(examples=["number"])
    choices: Choices = Field([], description="Required for `choice` and `multi_choice`")
    position: Position = 0

    @model_validator(mode="after")
    def _check_choices(self) -> CustomFieldCreate:
        if (self.kind in WITH_CHOICES) != bool(self.choices):
            raise ValueError("choice fields require choices; other fields cannot have them")
        if len(set(self.choices)) != len(self.choices):
            raise ValueError("`choices` must not contain duplicates")
        return self


class CustomFieldUpdate(Patch):
    """Fields to change. Existing values keep the choices that you remove."""

    label: Line | None = None
    choices: Choices | None = None
    position: Position | None = None
    is_archived: Annotated[bool, Field(strict=True)] | None = Field(
        None, description="Archived fields accept no new values"
    )


class CustomFieldOut(Out):
    """A custom field."""

    id: UUID
    subject: FieldSubject
    key: str
    label: str
    kind: FieldKind
    choices: list[str]
    position: int
    is_archived: bool
    version: int
    created_at: UtcMoment
    updated_at: UtcMoment


class CustomFieldQuery(Query):
    """Filters for listing custom fields."""

    subject: AnyOf[FieldSubject] | None = Field(None, description="Only fields of these subjects")
