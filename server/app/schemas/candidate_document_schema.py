"""Documents of candidates and the links to them."""

from __future__ import annotations

from datetime import date
from typing import ClassVar
from uuid import UUID

from pydantic import Field

from app.models.candidate_document import ScanStatus, Verification
from app.schemas.common import Day, In, Line, Out, UtcMoment
from app.schemas.lists import AnyOf, IdsOrNone, ListQuery, SearchLine, dated
from app.schemas.patch import Patch


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
    document_type_id: UUID | None
    expires_on: date | None = Field(description="The last day on which the document is valid")
    verification: Verification | None = Field(description="Null if its type needs none")
    verified_by_id: UUID | None = Field(description="The user who verified or refused it")
    verified_at: UtcMoment | None
    created_at: UtcMoment
    updated_at: UtcMoment


class CandidateDocumentUpdate(Patch):
    """What a document is. Changing its type asks for another verification, if the type needs one."""

    nullable: ClassVar[frozenset[str]] = frozenset({"document_type_id", "expires_on"})

    document_type_id: UUID | None = None
    expires_on: Day | None = None


@dated(days=("expires_on",))
class CandidateDocumentQuery(ListQuery):
    """Filters for listing documents."""

    sorts: ClassVar[tuple[str, ...]] = ("created_at",)

    q: SearchLine | None = Field(None, description="Part of the file name")
    candidate_id: IdsOrNone | None = None
    media_type: AnyOf[Line] | None = None
    document_type_id: IdsOrNone | None = None
    verification: AnyOf[Verification] | None = None


class DocumentUploadForm(In):
    """The form fields of a document upload: none besides the file."""
