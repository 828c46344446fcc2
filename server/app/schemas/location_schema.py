"""Places of work."""

from __future__ import annotations

from typing import Annotated, ClassVar
from uuid import UUID

from pydantic import AfterValidator, Field

from app.schemas.candidate_profile import Country
from app.schemas.common import (
    In,
    Line,
    NamePart,
    Out,
    ShortLine,
    bounds,
    clean_line,
)
from app.schemas.patch import Patch

PostalCode = Annotated[str, bounds(20), AfterValidator(clean_line)]


class LocationCreate(In):
    """A new location. Names must be unique, ignoring case, accents and extra spaces."""

    name: ShortLine = Field(examples=["Hamburg, harbour"])
    street: Line | None = Field(None, examples=["Am Sandtorkai 1"])
    postal_code: PostalCode | None = Field(None, examples=["20457"])
    city: NamePart = Field(examples=["Hamburg"])
    region: NamePart | None = None
    country: Country = Field(examples=["DE"])


class LocationUpdate(Patch):
    """Fields to change."""

    nullable: ClassVar[frozenset[str]] = frozenset({"street", "postal_code", "region"})

    name: ShortLine | None = None
    street: Line | None = None
    postal_code: PostalCode | None = None
    city: NamePart | None = None
    region: NamePart | None = None
    country: Country | None = None


class LocationOut(Out):
    """A location where people work."""

    id: UUID
    name: str
    street: str | None
    postal_code: str | None
    city: str
    region: str | None
    country: str
