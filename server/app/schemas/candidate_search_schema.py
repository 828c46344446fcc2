"""Searches of candidates: hits with rank, highlights and snippets, and facets."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import BeforeValidator, Field

from app.schemas.candidate_schema import LANGUAGE, CandidateFilters, CandidateItem, SearchText
from app.schemas.common import Out, csv_list

Facet = Literal["status", "owner_id", "source", "location", "skill", "tag"]


class CandidateSearchQuery(CandidateFilters):
    """A search: the best hits first, the newest of equal ones; without `q` the newest candidates."""

    q: SearchText | None = Field(None, description=LANGUAGE)
    limit: int = Field(20, ge=1, le=200)
    cursor: str | None = Field(None, min_length=1, max_length=2000, description="`next_cursor` of the page before")
    facets: Annotated[list[Facet], BeforeValidator(csv_list), Field(max_length=6)] | None = Field(
        None, description="Count the hits by these, comma separated: status, owner_id, source, location, skill, tag"
    )


HighlightField = Literal["name", "headline", "location", "skill"]


class Mark(Out):
    """A word that was searched for: from `start` to before `end`, counted in characters."""

    start: int
    end: int


class Highlight(Out):
    """A field of the profile and where the words stand in it."""

    field: HighlightField
    text: str
    marks: list[Mark]


class Snippet(Out):
    """A piece of the primary resume; `start` is its place in the resume's text, marks count from the piece's begin."""

    text: str
    start: int
    marks: list[Mark]


class CandidateHit(CandidateItem):
    """A candidate who was found; `score` sums up the weights of the fields that have the words."""

    score: int
    highlights: list[Highlight]
    snippet: Snippet | None = Field(description="Null without candidate_resumes.read, or where no word stands in it")


class FacetCount(Out):
    """How many hits have a value."""

    value: str
    count: int


class CandidateSearchPage(Out):
    """A page of hits. The best 500 are ranked: whoever wants more narrows the search or lists by time."""

    data: list[CandidateHit]
    has_more: bool
    next_cursor: str | None
    facets: dict[str, list[FacetCount]] | None = Field(description="The 20 most frequent values of up to 10 000 hits")
    is_lenient: bool = Field(description="Nothing was found as spelled, so slips in names were forgiven")
