"""The reports as data: figures are conditions on the rows that are counted.

A figure and the list of what it counts come from the same statement and the same condition.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa

from app.models.application import ApplicationStatus
from app.models.interview import InterviewStatus
from app.models.job_stage import StageKind
from app.models.offer import OfferStatus
from app.schemas.report_schema import FigureUnit, ReportGroup, ReportName
from app.services.reports import report_facts
from app.services.reports.report_scope import ReportScope
from app.services.reports.report_steps import ORDER

HELD = (InterviewStatus.AWAITING_FEEDBACK, InterviewStatus.COMPLETE)
WRITTEN = (OfferStatus.DRAFT, OfferStatus.PENDING_APPROVAL, OfferStatus.APPROVAL_REJECTED, OfferStatus.APPROVED)
ANSWERED = (OfferStatus.ACCEPTED, OfferStatus.RENEGED, OfferStatus.DECLINED, OfferStatus.EXPIRED)
Condition = Callable[[Any], Any]


@dataclass(frozen=True)
class FigureSpec:
    """A figure over the rows that the count `of` counts: itself, a share of them, or a value of theirs."""

    name: str
    says: str
    base: str
    unit: FigureUnit = FigureUnit.COUNT
    part: str | None = None
    column: str | None = None
    take: str | None = None


@dataclass(frozen=True)
class Report:
    """`facts` selects `id`, `key`, what the conditions of `counts` ask for, and what is shown of a row; `right` is
    what somebody needs to see the rows."""

    right: str
    groups: tuple[ReportGroup, ...]
    facts: Callable[[ReportScope], sa.Select[Any]]
    counts: dict[str, Condition]
    figures: tuple[FigureSpec, ...]
    overlaps: bool = False
    days_ahead: int = 0


def count(name: str, says: str) -> FigureSpec:
    """How many."""
    return FigureSpec(name, says, base=name)


def share(name: str, says: str, part: str, base: str) -> FigureSpec:
    """`part` of `of`."""
    return FigureSpec(name, says, base, FigureUnit.SHARE, part=part)


def percentile(
    name: str, says: str, base: str, column: str, take: str = "median", unit: FigureUnit = FigureUnit.DAYS
) -> FigureSpec:
    """The median or the 90th percentile of a duration."""
    return FigureSpec(name, says, base, unit, column=column, take=take)


def _status(*wanted: Any) -> Condition:
    return lambda row: row.status.in_(wanted)


def _stopped_as(status: ApplicationStatus) -> Condition:
    """Came no further than here, and is in this status."""
    return lambda row: sa.and_(row.rank == row.step, row.status == status)


REPORTS: dict[ReportName, Report] = {
    ReportName.FUNNEL: Report(
        "applications.read",
        (ReportGroup.STAGE,),
        report_facts.funnel,
        {
            "reached": lambda row: sa.true(),
            "advanced": lambda row: row.rank > row.step,
            **{str(status): _stopped_as(status) for status in ApplicationStatus},
        },
        (
            count("reached", "Came within the period and stood at this stage or a later one"),
            count("advanced", "Of these, went further"),
            count("active", "Are on the way and came no further than here"),
            count("hired", "Are hired, and this is their last stage"),
            count("rejected", "Were rejected and came no further than here"),
            count("withdrawn", "Withdrew and came no further than here"),
            count("transferred", "Were transferred to another job and came no further than here"),
            share("conversion", "Of those who reached the stage, the share that went further", "advanced", "reached"),
        ),
        overlaps=True,
    ),
    ReportName.TIME_TO_HIRE: Report(
        "applications.read",
        (
            ReportGroup.MONTH,
            ReportGroup.JOB,
            ReportGroup.DEPARTMENT,
            ReportGroup.LOCATION,
            ReportGroup.SOURCE,
            ReportGroup.TRACKING_LINK,
            ReportGroup.OWNER,
        ),
        report_facts.hires,
        {"hires": lambda row: sa.true(), "fills": lambda row: row.to_fill.is_not(None)},
        (
            count("hires", "Hired within the period; hires that were taken back are left out"),
            percentile("median_to_hire", "From the application to the hire", "hires", "to_hire"),
            percentile("p90_to_hire", "Nine of ten hires took no longer", "hires", "to_hire", "p90"),
            percentile("median_to_fill", "From the opening being added to the hire", "fills", "to_fill"),
            percentile("p90_to_fill", "Nine of ten openings took no longer", "fills", "to_fill", "p90"),
        ),
    ),
    ReportName.TIME_IN_STAGE: Report(
        "applications.read",
        (
            ReportGroup.STAGE,
            ReportGroup.JOB,
            ReportGroup.DEPARTMENT,
            ReportGroup.LOCATION,
            ReportGroup.SOURCE,
            ReportGroup.OWNER,
        ),
        report_facts.stage_entries,
        {"left": lambda row: row.left_at.is_not(None), "standing": lambda row: row.left_at.is_(None)},
        (
            count("left", "Stays that ended within the period"),
            count("standing", "Stays that go on now, whatever the period"),
            percentile("median_days", "How long a stay that ended was", "left", "stayed"),
            percentile("p90_days", "Nine of ten stays were no longer", "left", "stayed", "p90"),
        ),
    ),
    ReportName.SOURCES: Report(
        "applications.read",
        (
            ReportGroup.SOURCE,
            ReportGroup.TRACKING_LINK,
            ReportGroup.JOB,
            ReportGroup.DEPARTMENT,
            ReportGroup.LOCATION,
            ReportGroup.OWNER,
            ReportGroup.MONTH,
        ),
        report_facts.sources,
        {
            "applications": lambda row: sa.true(),
            "screened": lambda row: row.rank >= ORDER[StageKind.SCREEN],
            "interviewed": lambda row: row.rank >= ORDER[StageKind.INTERVIEW],
            "offered": lambda row: row.rank >= ORDER[StageKind.OFFER],
            **{
                str(status): _status(status)
                for status in (
                    ApplicationStatus.ACTIVE,
                    ApplicationStatus.HIRED,
                    ApplicationStatus.REJECTED,
                    ApplicationStatus.WITHDRAWN,
                )
            },
        },
        (
            count("applications", "Came within the period"),
            count("screened", "Reached screening or a later stage"),
            count("interviewed", "Reached an interview or a later stage"),
            count("offered", "Reached the offer or a later stage"),
            count("hired", "Are hired"),
            count("active", "Are on the way"),
            count("rejected", "Were rejected"),
            count("withdrawn", "Withdrew"),
            share("interview_rate", "The share that reached an interview", "interviewed", "applications"),
            share("hire_rate", "The share that is hired", "hired", "applications"),
            percentile("median_to_hire", "From the application to the hire", "hired", "to_hire"),
        ),
    ),
    ReportName.INTERVIEWERS: Report(
        "interviews.read",
        (ReportGroup.INTERVIEWER, ReportGroup.JOB, ReportGroup.DEPARTMENT, ReportGroup.LOCATION, ReportGroup.MONTH),
        report_facts.panel_seats,
        {
            "seats": _status(InterviewStatus.SCHEDULED, *HELD),
            "scheduled": _status(InterviewStatus.SCHEDULED),
            "held": _status(*HELD),
            "cancelled": _status(InterviewStatus.CANCELLED),
            "no_shows": _status(InterviewStatus.NO_SHOW),
            "scorecards": lambda row: sa.and_(row.status.in_(HELD), row.submitted_at.is_not(None)),
            "missing": lambda row: sa.and_(row.status.in_(HELD), row.submitted_at.is_(None)),
        },
        (
            count("seats", "Seats on panels of interviews within the period that are to come or took place"),
            count("scheduled", "Are to come"),
            count("held", "Took place"),
            count("cancelled", "Were cancelled"),
            count("no_shows", "The candidate did not come"),
            count("scorecards", "Took place and have the interviewer's scorecard"),
            count("missing", "Took place and lack the interviewer's scorecard"),
            FigureSpec(
                "hours",
                "Time of the interviews to come and held",
                "seats",
                FigureUnit.HOURS,
                column="lasts",
                take="sum",
            ),
            share("scorecard_rate", "Of those that took place, the share with a scorecard", "scorecards", "held"),
            percentile(
                "median_to_scorecard",
                "From the end to the scorecard",
                "scorecards",
                "to_scorecard",
                unit=FigureUnit.HOURS,
            ),
        ),
        days_ahead=30,
    ),
    ReportName.OFFERS: Report(
        "offers.read",
        (
            ReportGroup.MONTH,
            ReportGroup.JOB,
            ReportGroup.DEPARTMENT,
            ReportGroup.LOCATION,
            ReportGroup.SOURCE,
            ReportGroup.OWNER,
        ),
        report_facts.offers,
        {
            "offers": lambda row: sa.true(),
            "written": _status(*WRITTEN),
            "out": _status(OfferStatus.SENT, OfferStatus.VIEWED),
            **{
                str(status): _status(status)
                for status in (
                    OfferStatus.ACCEPTED,
                    OfferStatus.DECLINED,
                    OfferStatus.EXPIRED,
                    OfferStatus.RESCINDED,
                    OfferStatus.RENEGED,
                )
            },
            "answered": _status(*ANSWERED),
            "accepted_after_sending": lambda row: sa.and_(
                row.status == OfferStatus.ACCEPTED, row.to_accept.is_not(None)
            ),
        },
        (
            count("offers", "Were made within the period"),
            count("written", "Are drafts, or being approved, or not sent yet"),
            count("out", "Were sent and wait for an answer"),
            count("accepted", "Were accepted"),
            count("declined", "Were declined"),
            count("expired", "Ran out"),
            count("rescinded", "Were taken back"),
            count("reneged", "Were accepted, and the candidate withdrew from it"),
            count("answered", "Were accepted, also where the candidate withdrew since, declined, or ran out"),
            share("acceptance_rate", "Of those answered, the share that is accepted", "accepted", "answered"),
            percentile("median_to_accept", "From sending to acceptance", "accepted_after_sending", "to_accept"),
        ),
    ),
    ReportName.REJECTIONS: Report(
        "applications.read",
        (
            ReportGroup.REASON,
            ReportGroup.STAGE,
            ReportGroup.MONTH,
            ReportGroup.JOB,
            ReportGroup.DEPARTMENT,
            ReportGroup.LOCATION,
            ReportGroup.SOURCE,
            ReportGroup.OWNER,
        ),
        report_facts.rejections,
        {
            "rejections": lambda row: sa.true(),
            "before_interview": lambda row: row.rank < ORDER[StageKind.INTERVIEW],
            "after_interview": lambda row: row.rank >= ORDER[StageKind.INTERVIEW],
        },
        (
            count("rejections", "Were rejected within the period; rejections that were taken back are left out"),
            count("before_interview", "Of these, at a stage before the interview"),
            count("after_interview", "Of these, at the interview or a later stage"),
        ),
    ),
}
