"""Searches of candidates: hits with rank, highlights and snippets, and facets."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import BeforeValidator, Field

from app.schemas.candidate_schema import LANGUAGE, CandidateFilters, CandidateItem, SearchText
from app.schemas.common import Out
from app.schemas.lists import csv_list

Facet = Literal["status", "owner_id", "source", "location", "skill", "tag"]


class CandidateSearchQuery(CandidateFilters):
    """A search. The best hits come first, newer ones first if equal. Without `q`, the newest candidates come first."""

    q: SearchText | None = Field(None, description=LANGUAGE)
    limit: int = Field(20, ge=1, le=200)
    cursor: str | None = Field(None, min_length=1, max_length=2000, description="`next_cursor` of the previous page")
    facets: Annotated[list[Facet], BeforeValidator(csv_list), Field(max_length=6)] | None = Field(
        None, description="Facets to count, comma-separated: status, owner_id, source, location, skill, tag"
    )


HighlightField = Literal["name", "headline", "location", "skill"]


class Mark(Out):
    """A matching word: from `start` up to but excluding `end`, in characters."""

    start: int
    end: int


class Highlight(Out):
    """A profile field with the positions of the matching words."""

    field: HighlightField
    text: str
    marks: list[Mark]


class Snippet(Out):
    """An excerpt of the primary resume. `start` is its position in the text; marks are relative to the excerpt."""

    text: str
    start: int
    marks: list[Mark]


class CandidateHit(CandidateItem):
    """A candidate that matches. `score` is the sum of the weights of the fields that contain the words."""

    score: int
    highlights: list[Highlight]
    snippet: Snippet | None = Field(
        description="Null if no word matches, or without the `candidate_resumes.read` permission"
    )


class FacetCount(Out):
    """A value and the number of hits that have it."""

    value: str
    count: int


class CandidateSearchPage(Out):
    """A page of hits. Only the best 500 are ranked: to find others, narrow the search, or list candidates by time."""

    data: list[CandidateHit]
    has_more: bool
    next_cursor: str | None
    facets: dict[str, list[FacetCount]] | None = Field(
        description="The 20 most frequent values among up to 10 000 hits"
    )
    is_lenient: bool = Field(description="There was no exact hit, so typos in names were tolerated")
    did_you_mean: str | None = Field(
        description="If there is no hit: the query with misspelt words corrected, which has some"
    )
