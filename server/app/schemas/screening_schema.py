"""Screenings: answers that do not pass, and what people decide about them."""

from __future__ import annotations

from enum import StrEnum
from typing import Annotated, Any, ClassVar
from uuid import UUID

from pydantic import Field

from app.models.screening import SCREENING_MACHINE, ScreeningStatus
from app.schemas.common import Flag, In, Out, Reason, UtcMoment
from app.schemas.documented import like
from app.schemas.expanded_schema import CandidateRef, JobRef
from app.schemas.job_question_schema import AnswerValue, Passes
from app.schemas.lists import AnyOf, Ids, ListQuery, dated
from app.schemas.state_schema import Stateful

MAX_IDS = 500  # done in the request, in a constant number of statements


class FailedQuestion(Out):
    """A question whose rule an answer does not meet, as both were at the time."""

    question_id: UUID
    label: str
    passes: Annotated[dict[str, Any], like(Passes.__name__)] = Field(description="The rule")
    value: AnswerValue | None = Field(description="The answer")


class ScreeningOut(Stateful):
    """An application that a rule stopped, until a person decides."""

    machine = SCREENING_MACHINE

    id: UUID
    application_id: UUID
    candidate_id: UUID
    job_id: UUID
    status: ScreeningStatus
    status_reason: str | None
    failed: list[FailedQuestion] = Field(description="The questions that the answers failed")
    decided_by_id: UUID | None = Field(
        description="The user who decided; null while it waits, and for rules, API keys and candidates"
    )
    decided_at: UtcMoment | None
    candidate: CandidateRef | None = Field(description="The candidate")
    job: JobRef | None = Field(description="The job")
    version: int
    created_at: UtcMoment
    updated_at: UtcMoment


class WaitingScreening(Out):
    """A screening in short."""

    id: UUID
    application_id: UUID
    candidate_id: UUID
    job_id: UUID
    created_at: UtcMoment


class ScreeningDecision(In):
    """Why, as text or as one of the tenant's reasons. Without one, the questions are the reason for the rejection."""

    reason: Reason | None = Field(None, examples=["The permit ends before the season does."])
    reason_id: UUID | None = Field(None, description="For `confirm`: one of the tenant's reasons")


class ScreeningBulkDecision(ScreeningDecision):
    """Screenings to decide at once."""

    screening_ids: Annotated[list[UUID], Field(min_length=1, max_length=MAX_IDS)]
    dry_run: Flag = Field(False, description="Preview the result without changing anything")


class ScreeningBulkResult(StrEnum):
    """The result for one screening, or with a dry run the expected result."""

    CHANGED = "changed"
    REFUSED = "refused"
    NOT_FOUND = "not_found"


class ScreeningBulkItem(Out):
    """The result for one screening. If it is refused, `code` says why."""

    screening_id: UUID
    result: ScreeningBulkResult
    code: Annotated[str, like("ProblemCode")] | None = None


class ScreeningBulkOut(Out):
    """The results, in the order of the request."""

    results: list[ScreeningBulkItem]


@dated("decided_at")
class ScreeningQuery(ListQuery):
    """Filters for listing screenings."""

    sorts: ClassVar[tuple[str, ...]] = ("created_at", "updated_at")

    status: AnyOf[ScreeningStatus] | None = None
    job_id: Ids | None = None
    candidate_id: Ids | None = None
    application_id: Ids | None = None
    mine: bool | None = Field(None, description="Whether you own the job or are in its hiring team")
