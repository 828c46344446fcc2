"""The facts of a parsed resume. What is not found is null.

No model is imported, so that the process that parses files starts fast and stays small.
"""

from __future__ import annotations

from typing import Literal

from pydantic import BaseModel, Field


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


class LanguageItem(BaseModel):
    """A spoken language, and how well, in the words of the resume."""

    language: Fact
    level: Fact | None = None


class CertificationItem(BaseModel):
    """A certification or licence. The date is YYYY-MM or YYYY."""

    name: Fact
    issuer: Fact | None = None
    date: Fact | None = None


class ProjectItem(BaseModel):
    """A project. Dates are as those of positions."""

    name: Fact
    start_date: Fact | None = None
    end_date: Fact | None = None


class PublicationItem(BaseModel):
    """A publication. The date is YYYY-MM or YYYY."""

    title: Fact
    date: Fact | None = None


class ParseWarning(BaseModel):
    """What a reader of the resume should know about how it was read.

    `hidden_text`: text that nobody can see, such as white words; it is no part of the resume. `encoding_uncertain`: the
    letters beyond ASCII may be wrong.
    """

    code: Literal["hidden_text", "encoding_uncertain"]
    detail: str


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
    summary: Fact | None = None
    languages: list[LanguageItem] = []
    certifications: list[CertificationItem] = []
    projects: list[ProjectItem] = []
    publications: list[PublicationItem] = []
    total_years: float | None = None
    warnings: list[ParseWarning] = []
