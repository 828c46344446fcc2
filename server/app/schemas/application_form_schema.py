"""What an applicant typed."""

from __future__ import annotations

from typing import Annotated, Any
from uuid import UUID

from pydantic import Field

from app.models.permission import PII
from app.schemas.common import Out, UtcMoment
from app.schemas.guarded import guarded


class FormAnswer(Out):
    """A question in the words in which it was asked, and what was answered."""

    label: str
    value: Any


class ApplicationFormOut(Out):
    """The form as it was sent: nobody has proven to be who it says; the phone is no contact point of the candidate."""

    application_id: UUID
    candidate_id: UUID
    name: str
    email: Annotated[str | None, guarded(PII)]
    phone: Annotated[str | None, guarded(PII)]
    message: str | None
    talent_pool_consent: bool
    is_new_candidate: bool
    has_known_file: bool = Field(description="The file that came along is another candidate's and was left there")
    answers: list[FormAnswer]
    created_at: UtcMoment
