"""Openings of a job."""

from __future__ import annotations

from datetime import date
from typing import ClassVar
from uuid import UUID

from pydantic import Field

from app.schemas.common import Day, Out, ShortLine, UtcMoment
from app.schemas.patch import Patch


class JobOpeningUpdate(Patch):
    """Details of an opening. The number of openings is set on the job."""

    nullable: ClassVar[frozenset[str]] = frozenset({"reference", "target_start_on"})

    reference: ShortLine | None = Field(None, examples=["HC-2027-014"])
    target_start_on: Day | None = Field(None, examples=["2027-04-01"])


class JobOpeningOut(Out):
    """An opening: free, filled by a hire, or closed."""

    id: UUID
    number: int
    reference: str | None
    target_start_on: date | None
    filled_at: UtcMoment | None
    closed_at: UtcMoment | None
    application_id: UUID | None
