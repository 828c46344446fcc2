"""Searches that a user keeps."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from pydantic import Field

from app.models.saved_search import AlertPeriod
from app.schemas.candidate_schema import LANGUAGE, CandidateFilters, SearchText
from app.schemas.common import Flag, In, ListQuery, Out, ShortLine, UtcMoment


class SearchParameters(CandidateFilters):
    """What is searched for: the parameters of a search of candidates, by the names that bodies use (min_years)."""

    q: SearchText | None = Field(None, description=LANGUAGE, examples=['"data engineer" python'])


class SavedSearchCreate(In):
    """A search to keep; with an alert its new hits are mailed."""

    name: ShortLine = Field(examples=["Engineers in Hamburg"])
    query: SearchParameters
    is_shared: Flag = Field(
        False, description="Other users of the tenant see it too, and search within their own sight"
    )
    alert: AlertPeriod = AlertPeriod.NEVER


class SavedSearchUpdate(In):
    """What to change."""

    name: ShortLine | None = None
    query: SearchParameters | None = None
    is_shared: Flag | None = None
    alert: AlertPeriod | None = None


class SavedSearchOut(Out):
    """A kept search."""

    id: UUID
    user_id: UUID
    name: str
    query: dict[str, Any]
    is_shared: bool
    alert: AlertPeriod
    alerted_at: UtcMoment = Field(description="Candidates made after this are new")
    version: int
    created_at: UtcMoment
    updated_at: UtcMoment


class SavedSearchQuery(ListQuery):
    """Paging of one's own kept searches and the shared ones."""
