"""Errors as the API tells them (RFC 9457)."""

from __future__ import annotations

from pydantic import BaseModel, ConfigDict, Field


class FieldError(BaseModel):
    """An error in one field."""

    pointer: str = Field(description="JSON pointer to the field, or the parameter's name")
    code: str
    detail: str


class Problem(BaseModel):
    """RFC 9457 problem details. Some errors have additional members."""

    model_config = ConfigDict(extra="allow")

    type: str
    title: str
    status: int
    detail: str
    instance: str
    code: str
    request_id: str
    errors: list[FieldError] = []
