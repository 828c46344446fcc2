"""Resumes and their parsed facts. What is not found is null."""

from __future__ import annotations

from typing import ClassVar
from uuid import UUID

from pydantic import BaseModel, Field

from app.models.candidate_resume import ResumeStatus, ResumeTrust
from app.schemas.candidate_document_schema import CandidateDocumentOut
from app.schemas.common import In, ListQuery, Out, UtcMoment


class Fact(BaseModel):
    """A value and its position: `text[start:end]` of the resume's text."""

    value: str
    start: int = Field(ge=0)
    end: int = Field(ge=0)


class WorkItem(BaseModel):
    """A position. Dates are YYYY-MM or YYYY; the end date of a current position is `present`."""

    company: Fact | None = None
    title: Fact | None = None
    start_date: Fact | None = None
    end_date: Fact | None = None


class EducationItem(BaseModel):
    """A course of study."""

    institution: Fact | None = None
    degree: Fact | None = None
    area: Fact | None = None
    end_year: Fact | None = None


class ParsedResume(BaseModel):
    """The parsed resume. `total_years` is the time covered by the dated positions, without counting overlaps twice."""

    name: Fact | None = None
    email: Fact | None = None
    phone: Fact | None = None
    location: Fact | None = None
    headline: Fact | None = None
    links: list[Fact] = []
    skills: list[Fact] = []
    work: list[WorkItem] = []
    education: list[EducationItem] = []
    total_years: float | None = None


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


class CandidateResumeUpdate(In):
    """Attach the resume to a candidate, or make it the primary one."""

    candidate_id: UUID | None = None
    is_primary: bool | None = Field(None, strict=True)


class CandidateResumeQuery(ListQuery):
    """Filters for listing resumes."""

    sorts: ClassVar[tuple[str, ...]] = ("created_at",)

    candidate_id: UUID | None = None
    status: ResumeStatus | None = None


class ResumeUploadForm(In):
    """The form fields of a resume upload."""

    candidate_id: UUID | None = Field(None, description="The candidate, if known")
