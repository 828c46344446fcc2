"""Candidate imports from tables."""

from __future__ import annotations

from typing import Annotated, Any, ClassVar
from uuid import UUID

import orjson
from pydantic import BeforeValidator, Field

from app.models.candidate_import import ImportStatus, OnDuplicate, RowResult
from app.schemas.common import In, Line, Out, ShortLine, UtcMoment
from app.schemas.lists import AnyOf, ListQuery
from app.schemas.problem_schema import FieldError


def _mapping(value: Any) -> Any:
    """Parse the mapping from JSON, since form fields are text only."""
    if not isinstance(value, str):
        return value
    try:
        return orjson.loads(value)
    except ValueError as error:
        raise ValueError("must be a JSON object") from error


Mapping = Annotated[dict[Line, ShortLine | None], BeforeValidator(_mapping, json_schema_input_type=str)]


class ImportUploadForm(In):
    """How to read the table. Without a mapping, columns are assigned to fields by their names."""

    dry_run: bool = Field(False, description="Check every row without writing anything")
    on_duplicate: OnDuplicate = OnDuplicate.SKIP
    mapping: Mapping | None = Field(
        None, description='JSON object from column to field, such as {"Mail": "emails", "Notes": null}'
    )


class ImportOut(Out):
    """An import with its progress."""

    id: UUID
    user_id: UUID | None
    filename: str
    status: ImportStatus
    reason: str | None = Field(description="Why the import was stopped")
    is_dry_run: bool
    on_duplicate: OnDuplicate
    columns: list[str]
    mapping: dict[str, str | None]
    total: int
    done: int
    created: int
    updated: int
    skipped: int
    failed: int
    version: int
    created_at: UtcMoment
    updated_at: UtcMoment


class ImportRowOut(Out):
    """The result of a row. The first row below the header is number 1."""

    number: int
    result: RowResult
    candidate_id: UUID | None = Field(validation_alias="made_id")
    errors: list[FieldError]


class ImportQuery(ListQuery):
    """Pagination and sorting of imports."""


class ImportRowQuery(ListQuery):
    """Filters for listing the rows of an import."""

    sorts: ClassVar[tuple[str, ...]] = ("number",)

    sort: str = Field("number", max_length=60)
    result: AnyOf[RowResult] | None = None
