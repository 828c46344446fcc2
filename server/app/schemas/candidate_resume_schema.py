"""Resumes."""

from __future__ import annotations

from typing import ClassVar
from uuid import UUID

from pydantic import Field

from app.models.candidate_resume import ResumeStatus, ResumeTrust
from app.schemas.candidate_document_schema import CandidateDocumentOut
from app.schemas.common import In, Out, UtcMoment
from app.schemas.lists import AnyOf, IdsOrNone, ListQuery, dated
from app.schemas.parsed_resume_schema import ParsedResume
from app.schemas.patch import Patch


class CandidateResumeOut(Out):
    """A resume and its parsing status."""

    id: UUID
    candidate_id: UUID | None
    document_id: UUID
    document: CandidateDocumentOut
    status: ResumeStatus
    failure_reason: str | None
    is_primary: bool
    trust: ResumeTrust = Field(
        description="What the resume may change of the candidate; `nothing` until a user confirms it"
    )
    parsed_at: UtcMoment | None
    created_at: UtcMoment
    updated_at: UtcMoment


class CandidateResumeDetail(CandidateResumeOut):
    """A resume with its text and parsed facts."""

    text: str | None
    parsed: ParsedResume | None


class CandidateResumeUpdate(Patch):
    """Attach the resume to a candidate, or make it the primary one."""

    candidate_id: UUID | None = None
    is_primary: bool | None = Field(None, strict=True)


@dated("parsed_at")
class CandidateResumeQuery(ListQuery):
    """Filters for listing resumes."""

    sorts: ClassVar[tuple[str, ...]] = ("created_at",)

    candidate_id: IdsOrNone | None = None
    status: AnyOf[ResumeStatus] | None = None
    is_primary: bool | None = None


class ResumeUploadForm(In):
    """The form fields of a resume upload."""

    candidate_id: UUID | None = Field(None, description="The candidate, if known")
