"""Jobs and their stages."""

from __future__ import annotations

from decimal import Decimal
from typing import Annotated, ClassVar
from uuid import UUID

from pydantic import Field, model_validator

from app.models.candidate import PayPeriod, Workplace
from app.models.job import JOB_MACHINE, EmploymentType, JobStatus
from app.schemas.candidate_profile import FieldValues, StoredFieldValues
from app.schemas.common import (
    In,
    Line,
    Out,
    Reason,
    Skills,
    Text,
    UtcMoment,
    Years,
)
from app.schemas.expanded_schema import ExpandOfJob, JobCounts, UserRef
from app.schemas.lists import AnyOf, CustomFieldFilter, IdsOrNone, ListQuery, Owned, SearchLine
from app.schemas.money import Amount, Currency
from app.schemas.patch import Patch
from app.schemas.pipeline_schema import JobStageOut, Stages
from app.schemas.state_schema import Stateful

Openings = Annotated[int, Field(strict=True, ge=1, le=1000)]


class PayRange(In):
    """The pay range of a job: minimum, maximum, or both."""

    min: Amount | None = Field(None, examples=["65000.00"])
    max: Amount | None = Field(None, examples=["80000.00"])
    currency: Currency = Field(examples=["EUR"])
    period: PayPeriod = Field(examples=["year"])

    @model_validator(mode="after")
    def _check_ends(self) -> PayRange:
        if self.min is None and self.max is None:
            raise ValueError("`min` or `max` is required")
        if self.min is not None and self.max is not None and self.max < self.min:
            raise ValueError("`max` must not be below `min`")
        return self


class JobFacts(In):
    """The fields of a job that do not depend on its owner."""

    description: Text | None = Field(None, examples=["You build the pipelines that the analysts stand on."])
    location: Line | None = Field(None, examples=["Hamburg"], description="Defaults to the location's name")
    location_id: UUID | None = None
    department_id: UUID | None = None
    employment_type: EmploymentType | None = Field(None, examples=["full_time"])
    workplace: Workplace | None = Field(None, examples=["hybrid"])
    pay_range: PayRange | None = None
    min_years: Years | None = Field(None, examples=[3])
    max_years: Years | None = None

    @model_validator(mode="after")
    def _check_years(self) -> JobFacts:
        if self.min_years is not None and self.max_years is not None and self.max_years < self.min_years:
            raise ValueError("`max_years` must not be below `min_years`")
        return self


class JobFields(JobFacts):
    """The fields of a job that you can set."""

    owner_id: UUID | None = None


class JobCreate(JobFields):
    """A new job, created as a draft. Name its stages or a template; the default pipeline is used otherwise."""

    title: Line = Field(examples=["Data Engineer"])
    required_skills: Skills = Field([], examples=[["Python", "SQL"]])
    preferred_skills: Skills = []
    openings: Openings = 1
    pipeline_template_id: UUID | None = None
    stages: Stages | None = None
    custom_fields: FieldValues = Field({}, description="Values of custom fields by key")

    @model_validator(mode="after")
    def _check_pipeline(self) -> JobCreate:
        if self.stages is not None and self.pipeline_template_id is not None:
            raise ValueError("send either `stages` or `pipeline_template_id`, not both")
        return self


class JobUpdate(Patch, JobFields):
    """Fields to change."""

    nullable: ClassVar[frozenset[str]] = frozenset(JobFields.model_fields)

    title: Line | None = None
    required_skills: Skills | None = None
    preferred_skills: Skills | None = None
    openings: Openings | None = None
    custom_fields: FieldValues | None = Field(
        None, description="Values of custom fields by key; a null removes the value"
    )


class JobClone(In):
    """A copy of a job, created as a draft. The title is optional."""

    title: Line | None = None


class JobAction(In):
    """The reason for an action, if it needs one."""

    reason: Reason | None = None


class JobItem(Out):
    """A job as shown in lists."""

    id: UUID
    title: str
    location: str | None
    location_id: UUID | None
    department_id: UUID | None
    employment_type: EmploymentType | None
    workplace: Workplace | None
    status: JobStatus
    openings: int
    hired: int
    owner_id: UUID | None
    custom_fields: StoredFieldValues
    version: int
    created_at: UtcMoment
    updated_at: UtcMoment


class PayRangeOut(Out):
    """The pay range of a job."""

    min: Decimal | None
    max: Decimal | None
    currency: str
    period: PayPeriod


class JobOut(JobItem, Stateful):
    """A job with its stages and allowed actions."""

    machine = JOB_MACHINE

    description: str | None
    required_skills: list[str]
    preferred_skills: list[str]
    min_years: int | None
    max_years: int | None
    pay_range: PayRangeOut | None
    status_reason: str | None
    stages: list[JobStageOut]


class LeftoverCounts(Out):
    """How many active applications a job had when it was closed, and what became of them."""

    active: int
    kept: int
    rejected: int
    transferred: int


class JobClosed(JobOut):
    """The job, and what became of its active applications; with a dry run, what would become of them.

    Applications of candidates who have a live application for the other job are kept instead of transferred.
    """

    applications: LeftoverCounts


class JobListed(JobItem):
    """A job as shown in lists, with what `expand` adds."""

    owner: UserRef | None = None
    counts: JobCounts | None = None


class JobQuery(ListQuery):
    """Filters for listing jobs."""

    sorts: ClassVar[tuple[str, ...]] = ("created_at", "updated_at", "title")

    expand: AnyOf[ExpandOfJob] | None = Field(None, description="What to add to each row")

    q: SearchLine | None = Field(None, description="Part of the title")
    status: AnyOf[JobStatus] | None = None
    owner_id: IdsOrNone | None = None
    department_id: IdsOrNone | None = None
    location_id: IdsOrNone | None = None
    custom_field: CustomFieldFilter | None = None
    employment_type: AnyOf[EmploymentType] | None = None
    workplace: AnyOf[Workplace] | None = None
    owned_by: Owned | None = Field(None, description="Only those that you own, or that your team owns")
    mine: bool | None = Field(None, description="Whether you own the job or are in its hiring team")
