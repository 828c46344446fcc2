"""Mail plans: messages to many candidates."""

from __future__ import annotations

from typing import Annotated, Any, ClassVar
from uuid import UUID

from pydantic import Field, model_validator

from app.models.mail_plan import MailPlanStatus
from app.models.permission import PII
from app.schemas.common import In, Out, ShortLine, UtcMoment
from app.schemas.documented import like
from app.schemas.guarded import guarded
from app.schemas.lists import AnyOf, ListQuery
from app.schemas.message_schema import MessageText
from app.schemas.saved_search_schema import SearchParameters

MAX_RECIPIENTS, MAX_STEPS = 1000, 5  # queued in one transaction


class MailPlanStep(MessageText):
    """A message of the plan. Without variables, all candidates get the same."""

    delay_days: Annotated[int, Field(strict=True, ge=0, le=90)] = Field(
        0, description="Days after the step before; the first step waits so long after the plan is sent"
    )


class MailPlanCreate(In):
    """A plan for these candidates, or for those that a search finds. Nothing is sent until you say so."""

    name: ShortLine = Field(examples=["Engineers in Hamburg, spring"])
    candidate_ids: Annotated[list[UUID], Field(min_length=1, max_length=MAX_RECIPIENTS)] | None = Field(
        None,
        description="Ids of the candidates, at most 1 000",
        examples=[["0197f3a2-5c1e-7d10-9f5c-6f2f8f0a7b12"]],
    )
    query: SearchParameters | None = Field(None, description="A search, whose first 1 000 candidates get the messages")
    job_id: UUID | None = Field(None, description="The job that the messages are about; gives `{job}` a value")
    steps: Annotated[list[MailPlanStep], Field(min_length=1, max_length=MAX_STEPS)] = Field(
        description="The messages, at most 5; an answer ends them",
        examples=[[{"subject": "A position for you", "text": "Hello {given_name}, may I call you?"}]],
    )

    @model_validator(mode="after")
    def _check_recipients(self) -> MailPlanCreate:
        if (self.candidate_ids is None) == (self.query is None):
            raise ValueError("send either `candidate_ids` or `query`")
        return self


class MailPlanOut(Out):
    """A plan. As a draft, it is a dry run: its mails show what would be sent to whom, and why not."""

    id: UUID
    name: str
    status: MailPlanStatus
    steps: Annotated[list[dict[str, Any]], Field(description="The messages, with their variables")]
    job_id: UUID | None
    author_id: UUID | None = Field(description="The user who made the plan; null for API keys")
    recipients: int = Field(description="Candidates who get the messages")
    refused: int = Field(description="Candidates who get none; the mails of the plan say why")
    queued: int = Field(description="Messages that wait")
    delivered: int = Field(description="Messages that were sent")
    cancelled: int = Field(description="Messages that were taken back, or ended by an answer")
    sent_at: UtcMoment | None = Field(description="When the plan was sent")
    version: int
    created_at: UtcMoment
    updated_at: UtcMoment


class PlannedMail(Out):
    """The message of a step to one candidate, or the reason why there is none."""

    candidate_id: UUID
    candidate_name: str
    recipient: Annotated[str | None, guarded(PII)] = Field(description="Null without the `candidates.pii` permission")
    refusal: Annotated[str | None, like("ProblemCode")] = Field(
        description="`no_address`, `address_suppressed`, `no_consent`, `missing_value`, or null"
    )
    subject: str | None = Field(description="The subject; null if the message is refused")
    text: str | None = Field(description="The text; null if the message is refused")


class MailPlanQuery(ListQuery):
    """Filters for listing plans."""

    status: AnyOf[MailPlanStatus] | None = Field(None, description="Only those with one of these statuses")


class PlannedMailQuery(ListQuery):
    """Which step, and whether only refused mails."""

    sorts: ClassVar[tuple[str, ...]] = ("created_at",)

    sort: str = Field("created_at", max_length=60)
    step: int = Field(1, ge=1, le=MAX_STEPS, description="Number of the step")
    is_refused: bool | None = Field(None, description="Only refused mails, or only others")
