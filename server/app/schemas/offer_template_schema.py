"""Templates of offer letters."""

from __future__ import annotations

from typing import Annotated
from uuid import UUID

from pydantic import AfterValidator, Field

from app.schemas.common import In, Out, ShortLine, UtcMoment, bounds, clean_text
from app.schemas.patch import Patch


class OfferTemplateCreate(In):
    """A letter template in plain HTML (headings, paragraphs, lists, bold, italic, tables) with placeholders.

    {candidate}, {job}, {title}, {pay}, {start_on}, {expires_at}, {employment_type}, {conditions}, {company} and {today}
    are replaced by the terms of the offer. The letterhead has the logo, postal address and contact of the tenant.
    """

    name: ShortLine = Field(examples=["Permanent contract"])
    body: Annotated[str, bounds(20_000), AfterValidator(clean_text)] = Field(
        examples=["<h1>{company}</h1><p>Dear {candidate}, we offer you the position {title} for {pay}.</p>"]
    )


class OfferTemplateUpdate(Patch):
    """Fields to change. Letters already sent are not affected."""

    name: ShortLine | None = None
    body: Annotated[str, bounds(20_000), AfterValidator(clean_text)] | None = None


class OfferTemplateOut(Out):
    """A letter template."""

    id: UUID
    name: str
    body: str
    version: int
    created_at: UtcMoment
    updated_at: UtcMoment
