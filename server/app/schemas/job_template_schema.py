"""Templates of jobs."""

from __future__ import annotations

from typing import Annotated, Any, ClassVar
from uuid import UUID

from pydantic import Field, model_validator

from app.schemas.common import (
    In,
    Line,
    Out,
    ShortLine,
    Skills,
    UtcMoment,
)
from app.schemas.documented import like, list_of
from app.schemas.job_question_schema import MAX_QUESTIONS, JobQuestionFields
from app.schemas.job_schema import JobFacts, Openings
from app.schemas.patch import Patch
from app.schemas.pipeline_schema import Stages

Questions = Annotated[list[JobQuestionFields], Field(max_length=MAX_QUESTIONS)]


class JobTemplateJob(JobFacts):
    """The fields that new jobs take from the template."""

    title: Line = Field(examples=["Data Engineer"])
    required_skills: Skills = []
    preferred_skills: Skills = []
    openings: Openings = 1
    pipeline_template_id: UUID | None = None
    stages: Stages | None = None

    @model_validator(mode="after")
    def _check_pipeline(self) -> JobTemplateJob:
        if self.stages is not None and self.pipeline_template_id is not None:
            raise ValueError("send either `stages` or `pipeline_template_id`, not both")
        return self


class JobTemplateCreate(In):
    """A new job template. Names must be unique, ignoring case, accents and extra spaces."""

    name: ShortLine = Field(examples=["Engineer, permanent"])
    job: JobTemplateJob
    questions: Questions = []


class JobTemplateUpdate(Patch):
    """Fields to change. `job` and `questions` are replaced as a whole. Existing jobs are not affected."""

    name: ShortLine | None = None
    job: JobTemplateJob | None = None
    questions: Questions | None = None


class JobTemplateFromJob(In):
    """The name of the new template."""

    name: ShortLine = Field(examples=["Engineer, permanent"])


class JobFromTemplate(Patch):
    """Fields of the new job that override the template."""

    nullable: ClassVar[frozenset[str]] = frozenset({"location", "location_id", "department_id", "owner_id"})

    title: Line | None = None
    location: Line | None = None
    location_id: UUID | None = None
    department_id: UUID | None = None
    openings: Openings | None = None
    owner_id: UUID | None = None


class JobTemplateItem(Out):
    """A template as shown in lists."""

    id: UUID
    name: str
    version: int
    created_at: UtcMoment
    updated_at: UtcMoment


class JobTemplateOut(JobTemplateItem):
    """A template with its job fields and questions."""

    job: Annotated[dict[str, Any], like("JobTemplateJob")]
    questions: Annotated[list[dict[str, Any]], list_of("JobQuestionFields")]
