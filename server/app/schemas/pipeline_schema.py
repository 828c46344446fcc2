"""Stages of pipelines, and the templates of the tenant's own."""

from __future__ import annotations

from typing import Annotated, Any, Literal
from uuid import UUID

from pydantic import AfterValidator, Field

from app.models.interview import InterviewKind
from app.models.job_stage import StageGate, StageKind
from app.schemas.common import Flag, In, Line, Out, ShortLine, Text, UtcMoment

MAX_STAGES = 30


class TaskAutomation(In):
    """A task about the candidate, for the candidate's owner unless a user is named."""

    kind: Literal["task"]
    title: Line = Field(examples=["Call the candidate"])
    due_in_days: int = Field(1, strict=True, ge=0, le=365)
    assignee_id: UUID | None = None


class MailAutomation(In):
    """A mail to the candidate beside the one that every move sends."""

    kind: Literal["mail"]
    subject: Line = Field(examples=["What comes next"])
    body: Annotated[Text, Field(min_length=1, max_length=5000)] = Field(
        examples=["Hello {name}, thank you for your interest in {job}."],
        description="Plain text; {name} and {job} stand for the candidate's name and the job's title",
    )


class InterviewAutomation(In):
    """A proposed interview after a kit, which waits for its panel and its time."""

    kind: Literal["interview"]
    kit_id: UUID
    interview_kind: InterviewKind = Field(examples=["video"])


Automation = Annotated[TaskAutomation | MailAutomation | InterviewAutomation, Field(discriminator="kind")]
Automations = Annotated[list[Automation], Field(max_length=10)]
Gates = Annotated[list[StageGate], Field(max_length=len(StageGate)), AfterValidator(lambda gates: sorted(set(gates)))]


class StageIn(In):
    """A stage of the pipeline, in the order of the list."""

    name: ShortLine = Field(examples=["Phone screen"])
    kind: StageKind = Field(examples=["screen"])
    gates: Gates = []
    automations: Automations = []


def _check_stages(stages: list[StageIn]) -> list[StageIn]:
    if all(stage.kind == StageKind.HIRED for stage in stages):
        raise ValueError("at least one stage must come before the hire")
    is_hire = [stage.kind == StageKind.HIRED for stage in stages]
    if is_hire != sorted(is_hire):
        raise ValueError("nothing comes behind the hire")
    return stages


Stages = Annotated[list[StageIn], Field(min_length=1, max_length=MAX_STAGES), AfterValidator(_check_stages)]


class JobStageCreate(StageIn):
    """A new stage; it goes behind the others unless a position is named."""

    position: int | None = Field(None, strict=True, ge=0, lt=MAX_STAGES)


class JobStageUpdate(In):
    """What to change of a stage."""

    name: ShortLine | None = None
    kind: StageKind | None = None
    gates: Gates | None = None
    automations: Automations | None = None


class JobStageOrder(In):
    """Every stage of the pipeline, in the new order."""

    stage_ids: Annotated[list[UUID], Field(min_length=1, max_length=MAX_STAGES)]


class JobStageOut(Out):
    """A stage."""

    id: UUID
    name: str
    kind: StageKind
    position: int | None
    gates: list[StageGate]
    automations: list[dict[str, Any]]


class PipelineTemplateCreate(In):
    """A new template; two spellings of one name are one."""

    name: ShortLine = Field(examples=["Engineering"])
    stages: Stages
    is_default: Flag = Field(False, description="Jobs that name no stages take this one")


class PipelineTemplateUpdate(In):
    """What to change; jobs keep the stages that they have."""

    name: ShortLine | None = None
    stages: Stages | None = None
    is_default: Flag | None = None


class PipelineTemplateOut(Out):
    """A template."""

    id: UUID
    name: str
    is_default: bool
    stages: list[StageIn]
    version: int
    created_at: UtcMoment
    updated_at: UtcMoment
