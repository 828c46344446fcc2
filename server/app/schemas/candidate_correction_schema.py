"""Corrections that candidates propose, as users see them."""

from __future__ import annotations

from typing import Annotated, ClassVar
from uuid import UUID

from pydantic import Field

from app.models.candidate_correction import CORRECTION_MACHINE, CorrectionField, CorrectionStatus
from app.models.permission import PII
from app.schemas.common import In, Reason, UtcMoment
from app.schemas.expanded_schema import CandidateRef
from app.schemas.guarded import guarded
from app.schemas.lists import AnyOf, Ids, ListQuery
from app.schemas.state_schema import Stateful


class CandidateCorrectionOut(Stateful):
    """A correction that a candidate proposed on the portal."""

    machine = CORRECTION_MACHINE

    id: UUID
    candidate_id: UUID
    candidate: CandidateRef | None = Field(None, description="The candidate")
    field: CorrectionField
    value: Annotated[str | None, guarded(PII)] = Field(description="Null without the `candidates.pii` permission")
    status: CorrectionStatus
    status_reason: str | None
    decided_by_id: UUID | None = Field(description="The user who accepted or rejected it")
    decided_at: UtcMoment | None
    version: int
    created_at: UtcMoment
    updated_at: UtcMoment


class CorrectionDecision(In):
    """A reason; required for a rejection, and shown to the candidate."""

    reason: Reason | None = None


class CandidateCorrectionQuery(ListQuery):
    """Filters for listing corrections."""

    sorts: ClassVar[tuple[str, ...]] = ("created_at", "updated_at")

    candidate_id: Ids | None = None
    field: AnyOf[CorrectionField] | None = None
    status: AnyOf[CorrectionStatus] | None = None
