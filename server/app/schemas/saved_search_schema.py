"""Searches that a user keeps."""

from __future__ import annotations

from typing import Annotated, Any
from uuid import UUID

from pydantic import Field

from app.models.saved_search import AlertPeriod
from app.schemas.candidate_schema import LANGUAGE, CandidateFilters, SearchText
from app.schemas.common import Flag, In, Out, ShortLine, UtcMoment
from app.schemas.documented import like
from app.schemas.lists import ListQuery
from app.schemas.patch import Patch


class SearchParameters(CandidateFilters):
    """The parameters of a candidate search, named as in request bodies (such as `min_years`)."""

    q: SearchText | None = Field(None, description=LANGUAGE, examples=['"data engineer" python'])


class SavedSearchCreate(In):
    """A search to save. With an alert, new matches are sent by email."""

    name: ShortLine = Field(examples=["Engineers in Hamburg"])
    query: SearchParameters
    is_shared: Flag = Field(
        False, description="Share it with other users of the tenant, who only find candidates visible to them"
    )
    alert: AlertPeriod = AlertPeriod.NEVER


class SavedSearchUpdate(Patch):
    """Fields to change."""

    name: ShortLine | None = None
    query: SearchParameters | None = None
    is_shared: Flag | None = None
    alert: AlertPeriod | None = None


class SavedSearchOut(Out):
    """A saved search."""

    id: UUID
    user_id: UUID
    name: str
    query: Annotated[dict[str, Any], like("SearchParameters")]
    is_shared: bool
    alert: AlertPeriod
    alerted_at: UtcMoment = Field(description="Candidates created after this time are new")
    version: int
    created_at: UtcMoment
    updated_at: UtcMoment


class SavedSearchQuery(ListQuery):
    """Pagination of your saved searches and the shared ones."""
