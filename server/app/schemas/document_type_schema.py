"""Types of documents, and which of them are required."""

from __future__ import annotations

from typing import Annotated, ClassVar
from uuid import UUID

from pydantic import AfterValidator, Field

from app.schemas.common import Flag, In, Out, ShortLine, UtcMoment, bounds, clean_line
from app.schemas.lists import Ids, IdsOrNone, ListQuery
from app.schemas.patch import Patch

Description = Annotated[str, bounds(500), AfterValidator(clean_line)]


class DocumentTypeCreate(In):
    """A new type of document. Names are unique within the tenant."""

    name: ShortLine = Field(examples=["Work permit"])
    description: Description | None = Field(
        None, description="What candidates read about it", examples=["Both sides of the card"]
    )
    has_expiry: Flag = Field(False, description="Such a document needs the day on which it expires")
    needs_verification: Flag = Field(False, description="A user must verify such a document")


class DocumentTypeUpdate(Patch):
    """Fields to change."""

    nullable: ClassVar[frozenset[str]] = frozenset({"description"})

    name: ShortLine | None = None
    description: Description | None = None
    has_expiry: Flag | None = None
    needs_verification: Flag | None = None


class DocumentTypeOut(Out):
    """A type of document."""

    id: UUID
    name: str
    description: str | None
    has_expiry: bool
    needs_verification: bool
    version: int
    created_at: UtcMoment
    updated_at: UtcMoment


class DocumentRequirementCreate(In):
    """Requires a type of document of invited candidates."""

    document_type_id: UUID
    job_id: UUID | None = Field(None, description="Only of those invited for this job; null for every invitation")


class DocumentRequirementOut(Out):
    """A type of document that invited candidates must send."""

    id: UUID
    document_type_id: UUID
    job_id: UUID | None
    created_at: UtcMoment
    updated_at: UtcMoment


class DocumentRequirementQuery(ListQuery):
    """Filters for listing requirements."""

    document_type_id: Ids | None = None
    job_id: IdsOrNone | None = Field(None, description="`none` stands for those of every invitation")
