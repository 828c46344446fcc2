"""Bodies that name one subject: a candidate, an application or a job."""

from __future__ import annotations

from uuid import UUID

from pydantic import Field, model_validator

from app.schemas.common import In


class AboutOne(In):
    """Exactly one subject must be named."""

    candidate_id: UUID | None = Field(
        None,
        description="A candidate, apart from applications",
        examples=["0197f3a2-5c1e-7d10-9f5c-6f2f8f0a7b12"],
    )
    application_id: UUID | None = Field(None, description="One application of a candidate")
    job_id: UUID | None = Field(None, description="A job, apart from its applications")

    @model_validator(mode="after")
    def _check_subject(self) -> AboutOne:
        if sum(value is not None for value in (self.candidate_id, self.application_id, self.job_id)) != 1:
            raise ValueError("name exactly one of `candidate_id`, `application_id` and `job_id`")
        return self
