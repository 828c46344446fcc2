"""Stages of pipelines, and the templates of the tenant's own."""

from __future__ import annotations

from typing import Annotated, Any, ClassVar, Literal
from uuid import UUID

from pydantic import AfterValidator, Field, WithJsonSchema, model_validator

from app.models.interview import InterviewKind
from app.models.job_stage import StageGate, StageKind
from app.schemas.common import (
    Flag,
    In,
    Line,
    Out,
    ShortLine,
    UtcMoment,
    bounds,
    clean_text,
)
from app.schemas.documented import NAMED
from app.schemas.mail_rule_schema import MONTH, OWN_TEMPLATE
from app.schemas.patch import Patch

MAX_STAGES = 30


class TaskAutomation(In):
    """Create a task about the candidate, assigned to the candidate's owner unless you name a user."""

    kind: Literal["task"]
    title: Line = Field(examples=["Call the candidate"])
    due_in_days: int = Field(1, strict=True, ge=0, le=365)
    assignee_id: UUID | None = None


class MailAutomation(In):
    """Send an email to the candidate, in addition to the one about the move if the stage sends it."""

    kind: Literal["mail"]
    subject: Line | None = Field(None, examples=["What comes next"])
    body: Annotated[str, bounds(5000), AfterValidator(clean_text)] | None = Field(
        None,
        examples=["Hello {name}, thank you for your interest in {job}."],
        description="Plain text; {name} and {job} are replaced by the candidate's name and the job's title",
    )
    template: str | None = Field(
        None, pattern=OWN_TEMPLATE, description="One of your own templates, instead of subject and body"
    )
    delay_minutes: Annotated[int, Field(strict=True, ge=0, le=MONTH)] | None = Field(
        None, description="Minutes to wait; never less than the hold"
    )

    @model_validator(mode="after")
    def _check_text(self) -> MailAutomation:
        written = self.subject is not None and self.body is not None
        if written == (self.template is not None) or (self.subject is None) != (self.body is None):
            raise ValueError("send either `subject` and `body`, or `template`")
        return self


class InterviewAutomation(In):
    """Propose an interview based on a kit. You add its panel and time later."""

    kind: Literal["interview"]
    kit_id: UUID
    interview_kind: InterviewKind = Field(examples=["video"])


Automation = Annotated[TaskAutomation | MailAutomation | InterviewAutomation, Field(discriminator="kind")]
AS_STORED = {
    "oneOf": [{NAMED: kind.__name__} for kind in (TaskAutomation, MailAutomation, InterviewAutomation)],
}
Automations = Annotated[list[Automation], Field(max_length=10)]
# Sorted and without duplicates, so that the same gates are no change.
Gates = Annotated[list[StageGate], Field(max_length=len(StageGate)), AfterValidator(lambda gates: sorted(set(gates)))]


class StageIn(In):
    """A pipeline stage. Stages follow the order of the list."""

    name: ShortLine = Field(examples=["Phone screen"])
    kind: StageKind = Field(examples=["screen"])
    public_name: ShortLine | None = Field(None, examples=["First conversation"])
    mails_candidate: Flag = False
    gates: Gates = []
    automations: Automations = []


def _check_stages(stages: list[StageIn]) -> list[StageIn]:
    # Applications need a stage to begin in, and they enter the hired stage only by a hire.
    if all(stage.kind == StageKind.HIRED for stage in stages):
        raise ValueError("must have at least one stage before the hired stage")
    is_hire = [stage.kind == StageKind.HIRED for stage in stages]
    if is_hire != sorted(is_hire):  # False sorts before True
        raise ValueError("must not have a stage after the hired stage")
    return stages


Stages = Annotated[list[StageIn], Field(min_length=1, max_length=MAX_STAGES), AfterValidator(_check_stages)]


class JobStageCreate(StageIn):
    """A new stage. Without a position, it is added at the end, before the stage for hires."""

    position: int | None = Field(None, strict=True, ge=0, lt=MAX_STAGES)


class JobStageUpdate(Patch):
    """Fields to change."""

    nullable: ClassVar[frozenset[str]] = frozenset({"public_name"})

    name: ShortLine | None = None
    kind: StageKind | None = None
    public_name: ShortLine | None = None
    mails_candidate: Flag | None = None
    gates: Gates | None = None
    automations: Automations | None = None


class JobStageOrder(In):
    """All stages of the pipeline, in their new order."""

    stage_ids: Annotated[list[UUID], Field(min_length=1, max_length=MAX_STAGES)]


class JobStageOut(Out):
    """A stage of a job."""

    id: UUID
    name: str
    kind: StageKind
    position: int | None
    public_name: str | None
    mails_candidate: bool
    gates: list[StageGate]
    automations: Annotated[list[dict[str, Any]], WithJsonSchema({"type": "array", "items": AS_STORED})]


class PipelineTemplateCreate(In):
    """A new pipeline template. Names must be unique, ignoring case, accents and extra spaces."""

    name: ShortLine = Field(examples=["Engineering"])
    stages: Stages
    is_default: Flag = Field(False, description="Use this template for jobs that name no stages")


class PipelineTemplateUpdate(Patch):
    """Fields to change. Existing jobs keep their stages."""

    name: ShortLine | None = None
    stages: Stages | None = None
    is_default: Flag | None = None


class PipelineTemplateOut(Out):
    """A pipeline template."""

    id: UUID
    name: str
    is_default: bool
    stages: list[StageIn]
    version: int
    created_at: UtcMoment
    updated_at: UtcMoment
