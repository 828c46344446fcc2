"""Reports: figures about hiring, each with the address of the rows that it counts."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from enum import StrEnum
from typing import Annotated
from uuid import UUID

from pydantic import Field

from app.schemas.common import (
    Day,
    Out,
    Query,
    ShortLine,
    Storable,
    UtcMoment,
)
from app.schemas.lists import ListQuery


class ReportName(StrEnum):
    """The available reports."""

    FUNNEL = "funnel"
    TIME_TO_HIRE = "time_to_hire"
    TIME_IN_STAGE = "time_in_stage"
    SOURCES = "sources"
    INTERVIEWERS = "interviewers"
    OFFERS = "offers"
    REJECTIONS = "rejections"


class ReportGroup(StrEnum):
    """How the lines of a report are grouped."""

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
    """The unit of a figure."""

    COUNT = "count"
    SHARE = "share"
    DAYS = "days"
    HOURS = "hours"


class ReportQuery(Query):
    """Filters and grouping of a report. Days are in the time zone of the tenant."""

    since: Day | None = Field(None, description="First day; defaults to 89 days before the last day")
    until: Day | None = Field(None, description="Last day; defaults to today, or to 30 days from now for interviewers")
    job_id: UUID | None = None
    department_id: UUID | None = None
    location_id: UUID | None = None
    owner_id: UUID | None = Field(None, description="Only candidates that this user owns")
    source: ShortLine | None = None
    tracking_link_id: UUID | None = None
    by: ReportGroup | None = Field(None, description="How to group the lines; each report has a default")


class ReportRowsQuery(ReportQuery, ListQuery):
    """A figure of the line `key` (empty for the line without a name). Without `key`, a figure of the total."""

    figure: str | None = Field(None, max_length=40, description="Name of the figure; defaults to the report's first")
    key: Annotated[str, Field(max_length=60), Storable] | None = None


class ReportColumn(Out):
    """The name, unit and meaning of a figure."""

    name: str
    unit: FigureUnit
    says: str


class Figure(Out):
    """A figure. `drill` links to the `row_count` rows behind it."""

    value: int | Decimal | None
    row_count: int
    drill: str


class ReportLine(Out):
    """The figures of a stage, job or month, for example. `key` is its id or name, or null if it has none."""

    key: str | None
    label: str | None
    figures: dict[str, Figure]


class ReportOut(Out):
    """A report. If its lines overlap, as in a funnel, it has no total."""

    report: ReportName
    by: ReportGroup
    since: date
    until: date
    time_zone: str
    columns: list[ReportColumn]
    lines: list[ReportLine]
    has_more: bool = Field(description="There are more lines than the ones returned, which have the most rows")
    total: ReportLine | None


class ReportRow(Out):
    """A row behind a figure: an application, a stage history entry, a panel seat or an offer."""

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
    """A report as a CSV table."""

    media_types = ("text/csv",)


# From "1970-01" to "2199-12".
Month = Annotated[str, Field(pattern=r"^(19[7-9]|20\d|21\d)\d-(0[1-9]|1[0-2])$", examples=["2026-01"])]


class SelectionQuery(Query):
    """Selection rates by the answers to a voluntary survey question, for applications from completed months."""

    question_id: UUID
    since: Month | None = Field(None, description="First month; defaults to 11 months before the last month")
    until: Month | None = Field(None, description="Last month, which must be over; defaults to the previous month")
    job_id: UUID | None = None
    department_id: UUID | None = None


class SelectionRate(Out):
    """How often a group advances. Null if the group is too small, or if it would reveal the rate of another group.

    Only applications that advanced or were rejected count; undecided, transferred and withdrawn ones do not.
    """

    answer: str
    rate: Decimal | None
    ratio: Decimal | None = Field(description="Ratio of this rate to the highest rate of any group")
    below_four_fifths: bool | None
    is_suppressed: bool


class SelectionStage(Out):
    """From one stage to the next, or from the application to the hire."""

    stage: str
    label: str
    groups: list[SelectionRate]


class SelectionOut(Out):
    """Selection rates per stage. A ratio below four fifths is evidence of adverse impact (29 CFR 1607.4 D)."""

    question_id: UUID
    question: str
    since: date
    until: date
    as_of: UtcMoment = Field(description="The last midnight, as of which the figures are computed")
    smallest_cell: int
    stages: list[SelectionStage]
