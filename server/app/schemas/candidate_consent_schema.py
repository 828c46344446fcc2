"""Consents of candidates."""

from __future__ import annotations

from uuid import UUID

from pydantic import Field, model_validator

from app.models.candidate_consent import ConsentPurpose, ConsentSource
from app.schemas.common import In, Line, Moment, Out, UtcMoment
from app.schemas.lists import AnyOf, Ids, ListQuery, dated


class CandidateConsentCreate(In):
    """A consent that was given. `evidence` says where to find the proof."""

    candidate_id: UUID
    purpose: ConsentPurpose = Field(examples=["talent_pool"])
    source: ConsentSource = Field(examples=["email"])
    evidence: Line | None = Field(None, examples=["Email of 3 May, in the agency's mailbox"])
    given_at: Moment
    expires_at: Moment | None = None

    @model_validator(mode="after")
    def _check_times(self) -> CandidateConsentCreate:
        if self.expires_at is not None and self.expires_at <= self.given_at:
            raise ValueError("`expires_at` must be after `given_at`")
        return self


class CandidateConsentOut(Out):
    """A consent. It is valid until it expires or is withdrawn."""

    id: UUID
    candidate_id: UUID
    purpose: ConsentPurpose
    source: ConsentSource
    evidence: str | None
    given_at: UtcMoment
    expires_at: UtcMoment | None
    withdrawn_at: UtcMoment | None
    recorded_by_id: UUID | None
    is_valid: bool
    created_at: UtcMoment


@dated("given_at", "expires_at", "withdrawn_at")
class CandidateConsentQuery(ListQuery):
    """Filters for listing consents."""

    candidate_id: Ids | None = None
    purpose: AnyOf[ConsentPurpose] | None = None
    is_valid: bool | None = None
