"""Reports: figures about hiring, each with the address of the rows that it counts."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from enum import StrEnum
from typing import Annotated
from uuid import UUID

from pydantic import Field

from app.schemas.common import Day, ListQuery, Out, Query, ShortLine, Storable, UtcMoment


class ReportName(StrEnum):
    """What is reported."""

    FUNNEL = "funnel"
    TIME_TO_HIRE = "time_to_hire"
    TIME_IN_STAGE = "time_in_stage"
    SOURCES = "sources"
    INTERVIEWERS = "interviewers"
    OFFERS = "offers"
    REJECTIONS = "rejections"


class ReportGroup(StrEnum):
    """What the lines of a report are."""

    STAGE = "stage"
    JOB = "job"
    DEPARTMENT = "department"
    LOCATION = "location"
    SOURCE = "source"
    TRACKING_LINK = "tracking_link"
    OWNER = "owner"
    INTERVIEWER = "interviewer"
    REASON = "reason"
    MONTH = "month"


class FigureUnit(StrEnum):
    """What a figure is told in."""

    COUNT = "count"
    SHARE = "share"
    DAYS = "days"
    HOURS = "hours"


class ReportQuery(Query):
    """What a report is about; days are those of the tenant's time zone."""

    since: Day | None = Field(None, description="The first day; 89 days before the last one where it is left out")
    until: Day | None = Field(None, description="The last day; today where it is left out")
    job_id: UUID | None = None
    department_id: UUID | None = None
    location_id: UUID | None = None
    owner_id: UUID | None = Field(None, description="Candidates of this user")
    source: ShortLine | None = None
    tracking_link_id: UUID | None = None
    by: ReportGroup | None = Field(None, description="What the lines are; each report has its usual one")


class ReportRowsQuery(ReportQuery, ListQuery):
    """One figure of a report: of the line `key` (empty for the line without a name), or of the total."""

    figure: str | None = Field(None, max_length=40, description="The first one of the report where it is left out")
    key: Annotated[str, Field(max_length=60), Storable] | None = None


class ReportColumn(Out):
    """What a figure means."""

    name: str
    unit: FigureUnit
    says: str


class Figure(Out):
    """A figure; `drill` lists the `row_count` rows that it is computed from."""

    value: int | Decimal | None
    row_count: int
    drill: str


class ReportLine(Out):
    """The figures of a stage, a job, a month: `key` is its id or name, null for what has none."""

    key: str | None
    label: str | None
    figures: dict[str, Figure]


class ReportOut(Out):
    """A report; a funnel and other reports whose lines overlap have no total."""

    report: ReportName
    by: ReportGroup
    since: date
    until: date
    time_zone: str
    columns: list[ReportColumn]
    lines: list[ReportLine]
    has_more: bool = Field(description="There are more lines than these, which are the longest")
    total: ReportLine | None


class ReportRow(Out):
    """What a figure counts: an application, a stay at a stage, a seat on a panel, or an offer."""

    id: UUID
    application_id: UUID
    candidate_id: UUID
    candidate_name: str
    job_id: UUID
    job_title: str
    status: str
    stage_id: UUID | None
    interview_id: UUID | None
    user_id: UUID | None
    happened_at: UtcMoment
    ended_at: UtcMoment | None


class ReportTable(bytes):
    """A report as a table."""

    media_types = ("text/csv",)


Month = Annotated[str, Field(pattern=r"^(19[7-9]|20\d|21\d)\d-(0[1-9]|1[0-2])$", examples=["2026-01"])]


class SelectionQuery(Query):
    """Selection rates by the answers to a question of the voluntary survey, of who came in months that are over."""

    question_id: UUID
    since: Month | None = Field(None, description="The first month; a year before the last one where it is left out")
    until: Month | None = Field(None, description="The last month, which is over; the one before this if left out")
    job_id: UUID | None = None
    department_id: UUID | None = None


class SelectionRate(Out):
    """How often a group goes on; null where too few are in it, or where another's could be worked out from it.

    Of those who went on or were rejected: whoever is undecided, was transferred or withdrew is left out.
    """

    answer: str
    rate: Decimal | None
    ratio: Decimal | None = Field(description="Of the rate to the highest rate of a group")
    below_four_fifths: bool | None
    is_suppressed: bool


class SelectionStage(Out):
    """From a stage to the next, or from the application to the hire."""

    stage: str
    label: str
    groups: list[SelectionRate]


class SelectionOut(Out):
    """Selection rates per stage (29 CFR 1607.4 D: a ratio below four fifths is evidence of adverse impact)."""

    question_id: UUID
    question: str
    since: date
    until: date
    as_of: UtcMoment = Field(description="The figures are those of the last midnight")
    smallest_cell: int
    stages: list[SelectionStage]
