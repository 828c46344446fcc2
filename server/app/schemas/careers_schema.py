"""The published jobs of a tenant, and public applications."""

from __future__ import annotations

import re
from enum import StrEnum
from typing import Annotated
from uuid import UUID

from pydantic import AfterValidator, Field, Json

from app.models.candidate import Workplace
from app.models.job import EmploymentType
from app.models.job_question import QuestionKind
from app.schemas.common import (
    AsciiEmail,
    In,
    Line,
    Out,
    Query,
    UtcMoment,
    bounds,
    clean_line,
    clean_text,
)
from app.schemas.job_question_schema import AnswerValue
from app.schemas.job_schema import PayRangeOut

MAX_SHOWN = 200
Ref = Annotated[str, bounds(20), AfterValidator(clean_line)]  # as long as the column of the token


class CareersQuery(Query):
    """Filters for the public list of jobs."""

    q: Line | None = Field(None, description="Words in the title or location")
    department: Line | None = None
    workplace: Workplace | None = None
    employment_type: EmploymentType | None = None
    location: Line | None = Field(None, description="Only jobs at this place, as it is written")
    ref: Ref | None = Field(None, description="The token of a tracking link, which is added to the URLs of the jobs")
    page: int = Field(1, ge=1, le=1000, description="Number of the page, from 1")
    limit: int = Field(MAX_SHOWN, ge=1, le=MAX_SHOWN, description="Most jobs of a page")


class ReferredQuery(Query):
    """How the visitor found the page."""

    ref: Ref | None = Field(
        None, description="The token of a tracking link; it can be added to any URL of the careers page"
    )


class Imprint(Out):
    """Where a company says who it is, at the foot of its pages."""

    slug: str
    locale: str
    website: str | None
    contact_email: str | None
    postal_address: str | None
    imprint_url: str | None
    privacy_url: str | None


class Company(Imprint):
    """The company that hires."""

    name: str
    color: str | None
    logo_url: str | None
    url: str


class PublicJobItem(Out):
    """A job as shown in the public list."""

    id: UUID
    title: str
    location: str | None
    department: str | None
    workplace: Workplace | None
    employment_type: EmploymentType | None
    published_at: UtcMoment
    url: str


class PublicQuestion(Out):
    """A screening question for applicants."""

    id: UUID
    kind: QuestionKind
    label: str
    is_required: bool
    options: list[str]


class PublicSurveyQuestion(Out):
    """A voluntary survey question. Answers are optional, and nobody who decides about applications sees them."""

    id: UUID
    label: str
    options: list[str]


class PublicJob(PublicJobItem):
    """A job with its description and questions."""

    description: str | None
    pay: PayRangeOut | None
    expires_at: UtcMoment | None
    resume_required: bool
    questions: list[PublicQuestion]
    survey: list[PublicSurveyQuestion]


class Place(Out):
    """The address of the workplace."""

    street: str | None
    postal_code: str | None
    city: str | None
    region: str | None
    country: str


class PublishedJob(PublicJob):
    """A job as shown in pages, feeds and JSON-LD. `place` is null if the job has no location of the tenant."""

    place: Place | None
    updated_at: UtcMoment


class CareersFilters(Out):
    """The values by which the open jobs can be filtered."""

    department: list[str]
    location: list[str]
    workplace: list[Workplace]
    employment_type: list[EmploymentType]


class CareersOut(Out):
    """A page of the careers page as data: the jobs that match, newest first."""

    company: Company
    jobs: list[PublicJobItem]
    filters: CareersFilters
    page: int
    pages: int
    total: int


class AnswerIn(In):
    """An answer to a screening question."""

    question_id: UUID
    value: AnswerValue = None


class SurveyAnswerIn(In):
    """An answer to a survey question: one of its options, or null."""

    question_id: UUID
    value: Annotated[str, Field(max_length=60)] | None = None


def _no_advertisement(name: str) -> str:
    """Reject links and addresses: the name is included in emails to an unverified address."""
    # Finds "www.evil.example", "me@evil.example", "evil.com" and "t.co/x", but not "J. R. Smith" or "Anna.Maria".
    if re.search(r"https?:|://|(?i:www)\.|@|\.\w{2,}/|\w{3,}\.[a-z]{2,}", name):
        raise ValueError("must be a name, without links or addresses")
    return name


class ApplicantForm(In):
    """An application form. The resume is uploaded as the file."""

    name: Annotated[Line, AfterValidator(_no_advertisement)] = Field(examples=["Grace Hopper"])
    email: AsciiEmail = Field(examples=["grace@people.example"])
    phone: Annotated[str, bounds(40), AfterValidator(clean_line)] | None = Field(None, examples=["+14155552671"])
    message: Annotated[str, bounds(5000, minimum=0), AfterValidator(clean_text)] | None = None
    # A multipart form has only text fields, so the lists are JSON.
    answers: Json[Annotated[list[AnswerIn], Field(max_length=60)]] = Field(
        "[]", validate_default=True, description='JSON: [{"question_id": "...", "value": ...}]'
    )
    survey: Json[Annotated[list[SurveyAnswerIn], Field(max_length=30)]] = Field(
        "[]", validate_default=True, description='JSON: [{"question_id": "...", "value": "an option"}]'
    )
    consent: bool = Field(False, description="The applicant agrees to the processing of the application")
    talent_pool_consent: bool = Field(False, description="The applicant agrees to be considered for other jobs")
    ref: Ref | None = Field(None, description="The token of a tracking link")


class ApplicationReceived(Out):
    """The confirmation of an application. It is the same for known and unknown applicants."""

    status: str = "received"
    job_title: str


class ApplicantView(StrEnum):
    """The status of an application as the applicant sees it."""

    ACTIVE = "active"
    HIRED = "hired"
    ENDED = "ended"


class Sender(Imprint):
    """The company behind a page that a candidate opens with a link."""

    company: str


class PublicApplication(Sender):
    """An application as the applicant sees it. A rejection is shown only once its email is due."""

    job_title: str
    status: ApplicantView
