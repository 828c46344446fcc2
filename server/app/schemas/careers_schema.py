"""What the world sees of a tenant's jobs, and what an applicant sends."""

from __future__ import annotations

import re
from enum import StrEnum
from typing import Annotated, Any
from uuid import UUID

from pydantic import AfterValidator, Field, Json

from app.models.candidate import Workplace
from app.models.job import EmploymentType
from app.models.job_question import QuestionKind
from app.schemas.common import AsciiEmail, In, Line, Out, Query, ShortLine, Text, UtcMoment
from app.schemas.job_schema import PayRangeOut

MAX_SHOWN = 200
Ref = Annotated[ShortLine, Field(max_length=20)]


class CareersQuery(Query):
    """Filters of the public list."""

    q: ShortLine | None = Field(None, max_length=100, description="Words that the title or the place has")
    department: ShortLine | None = None
    workplace: Workplace | None = None
    employment_type: EmploymentType | None = None
    ref: Ref | None = Field(None, description="The token of a tracking link, for links on the page")


class ReferredQuery(Query):
    """Where a visitor comes from."""

    ref: Ref | None = Field(None, description="The token of a tracking link; it may stand in any address of the page")


class Company(Out):
    """Who hires."""

    slug: str
    name: str
    website: str | None
    color: str | None
    logo_url: str | None
    url: str
    privacy_url: str | None


class PublicJobItem(Out):
    """A job as the public list shows it."""

    id: UUID
    title: str
    location: str | None
    department: str | None
    workplace: Workplace | None
    employment_type: EmploymentType | None
    published_at: UtcMoment
    url: str


class PublicQuestion(Out):
    """What is asked of applicants."""

    id: UUID
    kind: QuestionKind
    label: str
    is_required: bool
    options: list[str]


class PublicSurveyQuestion(Out):
    """What is asked of applicants besides; nobody has to answer, and nobody who decides sees the answers."""

    id: UUID
    label: str
    options: list[str]


class PublicJob(PublicJobItem):
    """A job with its description and questions."""

    description: str | None
    pay: PayRangeOut | None
    expires_at: UtcMoment | None
    questions: list[PublicQuestion]
    survey: list[PublicSurveyQuestion]


class Place(Out):
    """The address of the place of work."""

    street: str | None
    postal_code: str | None
    city: str | None
    region: str | None
    country: str


class PublishedJob(PublicJob):
    """A job as pages, feeds and JSON-LD need it: `place` is null if the job names no location of the tenant."""

    place: Place | None
    updated_at: UtcMoment


class CareersOut(Out):
    """The careers page as data: the 200 newest jobs that fit."""

    company: Company
    jobs: list[PublicJobItem]


class AnswerIn(In):
    """An answer to a question."""

    question_id: UUID
    value: Any = None


class SurveyAnswerIn(In):
    """An answer to a question of the voluntary survey: one of its options, or nothing."""

    question_id: UUID
    value: Annotated[str, Field(max_length=60)] | None = None


def _no_advertisement(name: str) -> str:
    """The name stands in mails to an address that nobody has proven."""
    if re.search(r"https?:|://|(?i:www)\.|@|\.\w{2,}/|\w{3,}\.[a-z]{2,}", name):
        raise ValueError("must be a name, without links or addresses")
    return name


class ApplicantForm(In):
    """Who applies; the resume comes as the file beside it."""

    name: Annotated[Line, AfterValidator(_no_advertisement)] = Field(examples=["Grace Hopper"])
    email: AsciiEmail = Field(examples=["grace@people.example"])
    phone: Annotated[ShortLine, Field(max_length=40)] | None = Field(None, examples=["+14155552671"])
    message: Annotated[Text, Field(max_length=5000)] | None = None
    answers: Json[Annotated[list[AnswerIn], Field(max_length=60)]] = Field(
        "[]", validate_default=True, description='JSON: [{"question_id": "...", "value": ...}]'
    )
    survey: Json[Annotated[list[SurveyAnswerIn], Field(max_length=30)]] = Field(
        "[]", validate_default=True, description='JSON: [{"question_id": "...", "value": "an option"}]'
    )
    consent: bool = Field(False, description="The applicant agrees to the processing of the application")
    talent_pool_consent: bool = Field(False, description="The applicant agrees to be kept for other jobs")
    ref: ShortLine | None = Field(None, description="The token of a tracking link")


class ApplicationReceived(Out):
    """The same for everybody, whatever is known of them."""

    status: str = "received"
    job_title: str


class ApplicantView(StrEnum):
    """What an applicant is told of the application."""

    ACTIVE = "active"
    HIRED = "hired"
    ENDED = "ended"


class PublicApplication(Out):
    """What an applicant sees behind the link in the mail; an application that is rejected ends when the mail leaves."""

    company: str
    job_title: str
    status: ApplicantView
