"""Documents of candidates and the links to them."""

from __future__ import annotations

from typing import ClassVar
from uuid import UUID

from pydantic import Field

from app.models.candidate_document import ScanStatus
from app.schemas.common import In, Line, Out, UtcMoment
from app.schemas.lists import AnyOf, IdsOrNone, ListQuery, SearchLine


class CandidateDocumentOut(Out):
    """The metadata of a document. To download the file, request a signed link."""

    id: UUID
    candidate_id: UUID | None
    filename: str
    media_type: str
    size: int
    sha256: str
    uploaded_by_id: UUID | None
    scan_status: ScanStatus = Field(description="A pending file is in quarantine: it is not served or parsed")
    created_at: UtcMoment
    updated_at: UtcMoment


class CandidateDocumentQuery(ListQuery):
    """Filters for listing documents."""

    sorts: ClassVar[tuple[str, ...]] = ("created_at",)

    q: SearchLine | None = Field(None, description="Part of the file name")
    candidate_id: IdsOrNone | None = None
    media_type: AnyOf[Line] | None = None


class DocumentUploadForm(In):
    """The form fields of a document upload: none besides the file."""
