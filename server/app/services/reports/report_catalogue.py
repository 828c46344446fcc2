"""The reports as data: each figure is a condition on the rows that it counts.

A figure and the list of its rows come from the same statement and condition.
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

HELD = (InterviewStatus.AWAITING_FEEDBACK, InterviewStatus.COMPLETE)  # took place, with or without all scorecards
WRITTEN = (OfferStatus.DRAFT, OfferStatus.PENDING_APPROVAL, OfferStatus.APPROVAL_REJECTED, OfferStatus.APPROVED)
# EXPIRED counts as a no. RESCINDED does not count: it says nothing about the answer of the candidate.
ANSWERED = (OfferStatus.ACCEPTED, OfferStatus.RENEGED, OfferStatus.DECLINED, OfferStatus.EXPIRED)
Condition = Callable[[Any], Any]


@dataclass(frozen=True)
class FigureSpec:
    """A figure over the rows of the count `base`: their number, the share of `part`, or an aggregate of `column`."""

    name: str
    says: str  # shown to users
    base: str
    unit: FigureUnit = FigureUnit.COUNT
    part: str | None = None
    column: str | None = None
    take: str | None = None  # median, p90 or sum


@dataclass(frozen=True)
class Report:
    """A report: the statement of its facts, and the figures over them.

    `facts` selects `id`, `key`, the columns that the conditions of `counts` use, and the columns of the row list.
    `right` is the permission to list the rows.
    """

    right: str
    groups: tuple[ReportGroup, ...]
    facts: Callable[[ReportScope], sa.Select[Any]]
    counts: dict[str, Condition]
    figures: tuple[FigureSpec, ...]
    overlaps: bool = False  # a row may be on several lines, so a total would count it several times
    days_ahead: int = 0  # of today, in the default period: interviews are scheduled ahead


def count(name: str, says: str) -> FigureSpec:
    """Return a figure that is a number of rows."""
    return FigureSpec(name, says, base=name)


def share(name: str, says: str, part: str, base: str) -> FigureSpec:
    """Return a figure that is the share of `part` in `base`."""
    return FigureSpec(name, says, base, FigureUnit.SHARE, part=part)


def percentile(
    name: str, says: str, base: str, column: str, take: str = "median", unit: FigureUnit = FigureUnit.DAYS
) -> FigureSpec:
    """Return a figure that is the median or 90th percentile of a duration."""
    return FigureSpec(name, says, base, unit, column=column, take=take)


def _status(*wanted: Any) -> Condition:
    return lambda row: row.status.in_(wanted)


def _stopped_as(status: ApplicationStatus) -> Condition:
    """Return the condition that an application got no further than this step and has this status."""
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
            count("reached", "Applications received within the period that reached this stage or a later one"),
            count("advanced", "Of these, advanced to a later stage"),
            count("active", "Are active and got no further than this stage"),
            count("hired", "Were hired, with this as their last stage"),
            count("rejected", "Were rejected and got no further than this stage"),
            count("withdrawn", "Withdrew and got no further than this stage"),
            count("transferred", "Were transferred and got no further than this stage"),
            share("conversion", "Share of those reaching the stage that advanced", "advanced", "reached"),
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
            count("hires", "Hired within the period, without hires that were undone"),
            percentile("median_to_hire", "Median time from application to hire", "hires", "to_hire"),
            percentile("p90_to_hire", "90th percentile, from application to hire", "hires", "to_hire", "p90"),
            percentile("median_to_fill", "Median time from adding the opening to hire", "fills", "to_fill"),
            percentile("p90_to_fill", "90th percentile, from adding the opening to hire", "fills", "to_fill", "p90"),
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
        # Open entries are counted, but not timed: their duration is not known yet.
        {"left": lambda row: row.left_at.is_not(None), "standing": lambda row: row.left_at.is_(None)},
        (
            count("left", "Stage history entries that ended within the period"),
            count("standing", "Stage history entries that are still open, regardless of the period"),
            percentile("median_days", "Median time in the stage, of the entries that ended", "left", "stayed"),
            percentile("p90_days", "90th percentile of the time in the stage", "left", "stayed", "p90"),
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
            count("applications", "Applications received within the period"),
            count("screened", "Reached screening or a later stage"),
            count("interviewed", "Reached an interview or a later stage"),
            count("offered", "Reached the offer or a later stage"),
            count("hired", "Were hired"),
            count("active", "Are active"),
            count("rejected", "Were rejected"),
            count("withdrawn", "Withdrew"),
            share("interview_rate", "Share that reached an interview", "interviewed", "applications"),
            share("hire_rate", "Share that was hired", "hired", "applications"),
            percentile("median_to_hire", "Median time from application to hire", "hired", "to_hire"),
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
            count("seats", "Panel seats of scheduled and held interviews within the period"),
            count("scheduled", "Are scheduled"),
            count("held", "Were held"),
            count("cancelled", "Were cancelled"),
            count("no_shows", "The candidate did not show up"),
            count("scorecards", "Were held, and the interviewer has submitted a scorecard"),
            count("missing", "Were held, but the interviewer's scorecard is missing"),
            FigureSpec(
                "hours",
                "Total time of scheduled and held interviews",
                "seats",
                FigureUnit.HOURS,
                column="lasts",
                take="sum",
            ),
            share("scorecard_rate", "Share of held interviews with a scorecard", "scorecards", "held"),
            percentile(
                "median_to_scorecard",
                "Median time from the end of the interview to the scorecard",
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
            count("offers", "Were created within the period"),
            count("written", "Are drafts or at any step of approval, and not sent yet"),
            count("out", "Were sent and are waiting for an answer"),
            count("accepted", "Were accepted"),
            count("declined", "Were declined"),
            count("expired", "Have expired"),
            count("rescinded", "Were rescinded"),
            count("reneged", "Were accepted, but the candidate reneged"),
            count("answered", "Were accepted (even if reneged later), declined or expired"),
            # An offer on which the candidate reneged lowers the rate: it is answered, but not accepted.
            share("acceptance_rate", "Share of answered offers that were accepted", "accepted", "answered"),
            percentile("median_to_accept", "Median from sending to acceptance", "accepted_after_sending", "to_accept"),
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
            count("rejections", "Were rejected within the period, without rejections that were undone"),
            count("before_interview", "Of these, before the interview stage"),
            count("after_interview", "Of these, at the interview stage or later"),
        ),
    ),
}
