"""Errors as the API tells them (RFC 9457)."""

from __future__ import annotations

from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field

from app.schemas.documented import like

MEDIA_TYPE = "application/problem+json"


class FieldError(BaseModel):
    """An error in one field."""

    pointer: str = Field(description="JSON pointer to the field, or the parameter's name")
    code: str = Field(description="What is wrong with the field")
    detail: str = Field(description="What the field must be, in words")


class Problem(BaseModel):
    """RFC 9457 problem details. Some errors have additional members."""

    model_config = ConfigDict(extra="allow")

    type: str
    title: str
    status: int
    detail: str
    instance: str
    code: Annotated[str, like("ProblemCode")]
    request_id: str
    errors: list[FieldError] = []
