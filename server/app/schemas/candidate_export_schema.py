"""Candidates as a table."""

from __future__ import annotations

from enum import StrEnum

from pydantic import Field

from app.schemas.candidate_schema import LANGUAGE, CandidateFilters, SearchText


class ExportFormat(StrEnum):
    """The format of the table."""

    CSV = "csv"
    JSONL = "jsonl"


class CandidateTable(bytes):
    """Candidates as a table."""

    media_types = ("text/csv", "application/x-ndjson")


class CandidateExportQuery(CandidateFilters):
    """Filters and format of a candidate export."""

    q: SearchText | None = Field(None, description=LANGUAGE)
    format: ExportFormat = ExportFormat.CSV
