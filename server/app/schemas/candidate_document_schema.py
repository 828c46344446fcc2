"""Documents of candidates and the links to them."""

from __future__ import annotations

from typing import ClassVar
from uuid import UUID

from pydantic import Field

from app.models.candidate_document import ScanStatus
from app.schemas.common import In, Line, ListQuery, Out, UtcMoment


class CandidateDocumentOut(Out):
    """A document's facts; its bytes come by a signed link."""

    id: UUID
    candidate_id: UUID | None
    filename: str
    media_type: str
    size: int
    sha256: str
    uploaded_by_id: UUID | None
    scan_status: ScanStatus = Field(description="A pending file is in quarantine: it is not handed out, nor parsed")
    created_at: UtcMoment
    updated_at: UtcMoment


class CandidateDocumentQuery(ListQuery):
    """Filters of the list of documents."""

    sorts: ClassVar[tuple[str, ...]] = ("created_at",)

    candidate_id: UUID | None = None
    media_type: Line | None = None


class DocumentUploadForm(In):
    """The fields beside an uploaded document: none."""
