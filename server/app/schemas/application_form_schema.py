"""What an applicant typed."""

from __future__ import annotations

from typing import Annotated
from uuid import UUID

from app.models.permission import PII
from app.schemas.common import Out, UtcMoment
from app.schemas.guarded import guarded


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
    created_at: UtcMoment
