"""The forms that applicants submitted."""

from __future__ import annotations

from typing import Annotated
from uuid import UUID

from pydantic import Field

from app.models.permission import PII
from app.schemas.common import Out, UtcMoment
from app.schemas.guarded import guarded
from app.schemas.job_question_schema import AnswerValue


class FormAnswer(Out):
    """A question as it was asked, and the answer."""

    label: str
    value: AnswerValue


class ApplicationFormOut(Out):
    """A form as it was submitted. It is unverified, and the phone number is not a contact point of the candidate."""

    application_id: UUID
    candidate_id: UUID
    name: str
    email: Annotated[str | None, guarded(PII)]
    phone: Annotated[str | None, guarded(PII)]
    message: str | None
    talent_pool_consent: bool
    is_new_candidate: bool
    has_known_file: bool = Field(description="The attached file already belongs to another candidate and was not added")
    answers: list[FormAnswer]
    created_at: UtcMoment
