"""Resumes and what a parser finds in them. What is not there is null."""

from __future__ import annotations

from typing import ClassVar
from uuid import UUID

from pydantic import BaseModel, Field

from app.models.candidate_resume import ResumeStatus, ResumeTrust
from app.schemas.candidate_document_schema import CandidateDocumentOut
from app.schemas.common import In, ListQuery, Out, UtcMoment


class Fact(BaseModel):
    """A value and where it stands: `text[start:end]` of the resume's text."""

    value: str
    start: int = Field(ge=0)
    end: int = Field(ge=0)


class WorkItem(BaseModel):
    """One position held; dates are YYYY-MM or YYYY, `present` for an open end."""

    company: Fact | None = None
    title: Fact | None = None
    start_date: Fact | None = None
    end_date: Fact | None = None


class EducationItem(BaseModel):
    """One course of study."""

    institution: Fact | None = None
    degree: Fact | None = None
    area: Fact | None = None
    end_year: Fact | None = None


class ParsedResume(BaseModel):
    """The structured resume. `total_years` is derived: the union of the dated positions, in years."""

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
    """A resume and where its parsing stands."""

    id: UUID
    candidate_id: UUID | None
    document_id: UUID
    document: CandidateDocumentOut
    status: ResumeStatus
    failure_reason: str | None
    is_primary: bool
    trust: ResumeTrust = Field(description="What of it may change the candidate; `nothing` until somebody confirms it")
    parsed_at: UtcMoment | None
    created_at: UtcMoment
    updated_at: UtcMoment


class CandidateResumeDetail(CandidateResumeOut):
    """A resume with its text and the facts found in it."""

    text: str | None
    parsed: ParsedResume | None


class CandidateResumeUpdate(In):
    """Attach the resume to a candidate, or make it the primary one."""

    candidate_id: UUID | None = None
    is_primary: bool | None = Field(None, strict=True)


class CandidateResumeQuery(ListQuery):
    """Filters of the list of resumes."""

    sorts: ClassVar[tuple[str, ...]] = ("created_at",)

    candidate_id: UUID | None = None
    status: ResumeStatus | None = None


class ResumeUploadForm(In):
    """The fields beside an uploaded resume."""

    candidate_id: UUID | None = Field(None, description="Whose resume it is, where that is known")
