"""The facts of reports: statements with one row per application, stage history entry, panel seat or offer.

Each reads one table by an index on its period, and looks up everything else by key (`scalar_lookup`).
"""

from __future__ import annotations

from datetime import datetime
from typing import Any

import sqlalchemy as sa

from app.models import (
    Application,
    Interview,
    InterviewPanelist,
    InterviewScorecard,
    JobOpening,
    Offer,
    StageHistoryEntry,
)
from app.models.application import ApplicationStatus
from app.services.core.rows import as_scalar, scalar_lookup
from app.services.reports.report_scope import ReportScope, Subject
from app.services.reports.report_sql import seconds_between
from app.services.reports.report_steps import Steps, steps

OF_APPLICATION = Subject(Application.job_id, Application.candidate_id, Application.source, Application.tracking_link_id)
HIRED_NOW = sa.and_(StageHistoryEntry.status == ApplicationStatus.HIRED, StageHistoryEntry.left_at.is_(None))


def _subject(application_id: Any, **own: Any) -> Subject:
    """Return the subject of a row, looking up by the application's id what the row does not have."""
    names = ("job_id", "candidate_id", "source", "tracking_link_id")
    looked_up = {name: scalar_lookup(getattr(Application, name), application_id) for name in names if name not in own}
    return Subject(**looked_up, **own)


def furthest(funnel_steps: Steps, as_of: datetime | None = None) -> Any:
    """Return the rank of the furthest step that an application reached; a hire that was undone does not count."""
    # A hire counts while it is current; other statuses are entered from a stage where the application was active.
    stood = sa.or_(
        StageHistoryEntry.status == ApplicationStatus.ACTIVE,
        sa.and_(StageHistoryEntry.status == ApplicationStatus.HIRED, present(as_of)),
    )
    before = [] if as_of is None else [StageHistoryEntry.entered_at < as_of]
    return as_scalar(
        StageHistoryEntry,
        sa.select(sa.func.max(funnel_steps.rank)).where(
            StageHistoryEntry.application_id == Application.id, stood, *before
        ),
    )


def present(as_of: datetime | None = None) -> Any:
    """Return the condition that a stage history entry is current, or was at `as_of`."""
    if as_of is None:
        return StageHistoryEntry.left_at.is_(None)
    return sa.and_(
        StageHistoryEntry.entered_at < as_of,
        sa.or_(StageHistoryEntry.left_at.is_(None), StageHistoryEntry.left_at >= as_of),
    )


def rejections(report_scope: ReportScope) -> sa.Select[Any]:
    """Select the rejections within the period, without those that were undone."""
    subject = _subject(
        StageHistoryEntry.application_id,
        job_id=StageHistoryEntry.job_id,
        # An entry has no reason. These entries are current, so the reason of the application is theirs.
        reason_id=scalar_lookup(Application.rejection_reason_id, StageHistoryEntry.application_id),
    )
    times = {
        "created_at": StageHistoryEntry.created_at,
        "updated_at": StageHistoryEntry.updated_at,
        "happened_at": StageHistoryEntry.entered_at,
    }
    statement = sa.select(
        StageHistoryEntry.id,
        StageHistoryEntry.status,
        steps(None).rank.label("rank"),
        report_scope.key(subject, StageHistoryEntry.entered_at).label("key"),
        *_shown(StageHistoryEntry.application_id, stage_id=StageHistoryEntry.stage_id, **times),
    )
    rejected = sa.and_(
        StageHistoryEntry.status == ApplicationStatus.REJECTED,
        StageHistoryEntry.left_at.is_(None),
        report_scope.period.holds(StageHistoryEntry.entered_at),
    )
    return _visible(statement, report_scope, subject).where(rejected)


def _shown(application_id: Any, **columns: Any) -> list[Any]:
    """Return the columns of the row list, without the names; those not given are null."""
    nothing = {name: sa.null() for name in ("stage_id", "interview_id", "user_id", "ended_at")}
    return [column.label(name) for name, column in {**nothing, "application_id": application_id, **columns}.items()]


def applied_in_period(
    report_scope: ReportScope, funnel_steps: Steps, *columns: Any, moment: Any = Application.created_at
) -> sa.Select[Any]:
    """Select the applications received within the period, with the furthest step of each."""
    # `paginate` sorts by created_at and filters by updated_at.
    times = {"created_at": Application.created_at, "updated_at": Application.updated_at, "happened_at": moment}
    shown = _shown(Application.id, stage_id=Application.stage_id, **times)
    statement = sa.select(Application.id, Application.status, furthest(funnel_steps).label("rank"), *shown, *columns)
    # offset(0) keeps PostgreSQL from merging the subquery and evaluating its columns once per use.
    return statement.where(report_scope.period.holds(moment), *report_scope.filters(OF_APPLICATION)).offset(0)


def funnel(report_scope: ReportScope) -> sa.Select[Any]:
    """Select the applications received within the period, once per step that they reached."""
    each, step = applied_in_period(report_scope, report_scope.steps).subquery("came"), report_scope.steps.table()
    # All steps up to the furthest, also skipped ones, so that `reached` is `advanced` of the line before.
    return sa.select(*each.c, step.c.rank.label("step"), step.c.key).join_from(each, step, each.c.rank >= step.c.rank)


def sources(report_scope: ReportScope) -> sa.Select[Any]:
    """Select the applications within the period, except transferred ones, with their furthest step and time to hire."""
    # At most one row: the current entry is unique per application.
    hired_at = as_scalar(
        StageHistoryEntry,
        sa.select(StageHistoryEntry.entered_at).where(StageHistoryEntry.application_id == Application.id, HIRED_NOW),
    )
    to_hire = seconds_between(Application.applied_at, hired_at).label("to_hire")
    key = report_scope.key(OF_APPLICATION, Application.applied_at).label("key")
    # A transfer copies source and applied_at to the new application, which alone is counted here.
    return applied_in_period(report_scope, steps(None), key, to_hire, moment=Application.applied_at).where(
        Application.status != ApplicationStatus.TRANSFERRED
    )


def hires(report_scope: ReportScope) -> sa.Select[Any]:
    """Select the hires within the period, without those that were undone."""
    subject = _subject(StageHistoryEntry.application_id, job_id=StageHistoryEntry.job_id)
    opened_at = scalar_lookup(
        JobOpening.created_at, scalar_lookup(Application.opening_id, StageHistoryEntry.application_id)
    )
    came_at = scalar_lookup(Application.applied_at, StageHistoryEntry.application_id)
    statement = sa.select(
        StageHistoryEntry.application_id.label("id"),
        StageHistoryEntry.status,
        report_scope.key(subject, StageHistoryEntry.entered_at).label("key"),
        seconds_between(came_at, StageHistoryEntry.entered_at).label("to_hire"),
        seconds_between(opened_at, StageHistoryEntry.entered_at).label("to_fill"),
        *_shown(
            StageHistoryEntry.application_id,
            created_at=came_at,
            updated_at=scalar_lookup(Application.updated_at, StageHistoryEntry.application_id),
            stage_id=StageHistoryEntry.stage_id,
            happened_at=came_at,
            ended_at=StageHistoryEntry.entered_at,
        ),
    )
    return _visible(statement, report_scope, subject).where(
        HIRED_NOW, report_scope.period.holds(StageHistoryEntry.entered_at)
    )


def stage_entries(report_scope: ReportScope) -> sa.Select[Any]:
    """Select the active stage history entries that ended within the period, and all open ones."""
    subject = _subject(StageHistoryEntry.application_id, job_id=StageHistoryEntry.job_id)
    times = {
        "created_at": StageHistoryEntry.created_at,
        "updated_at": StageHistoryEntry.updated_at,
        "happened_at": StageHistoryEntry.entered_at,
        "ended_at": StageHistoryEntry.left_at,
    }
    statement = sa.select(
        StageHistoryEntry.id,
        StageHistoryEntry.status,
        StageHistoryEntry.left_at,
        report_scope.key(subject, StageHistoryEntry.left_at).label("key"),
        seconds_between(StageHistoryEntry.entered_at, StageHistoryEntry.left_at).label("stayed"),
        *_shown(StageHistoryEntry.application_id, stage_id=StageHistoryEntry.stage_id, **times),
    )
    ended = sa.or_(StageHistoryEntry.left_at.is_(None), report_scope.period.holds(StageHistoryEntry.left_at))
    return _visible(statement, report_scope, subject).where(StageHistoryEntry.status == ApplicationStatus.ACTIVE, ended)


def _visible(statement: sa.Select[Any], report_scope: ReportScope, subject: Subject) -> sa.Select[Any]:
    """Limit to visible applications (the stage history itself has no visibility rule) and the filters of the report."""
    # The visibility guard limits the lookup, which is null for an application that is not visible.
    return statement.where(
        scalar_lookup(Application.id, StageHistoryEntry.application_id).is_not(None), *report_scope.filters(subject)
    )


def panel_seats(report_scope: ReportScope) -> sa.Select[Any]:
    """Select the panel seats of the interviews within the period."""
    card = InterviewScorecard
    meeting = sa.and_(
        Interview.tenant_id == InterviewPanelist.tenant_id, Interview.id == InterviewPanelist.interview_id
    )
    subject = _subject(Interview.application_id, candidate_id=Interview.candidate_id, user_id=InterviewPanelist.user_id)
    of_seat = sa.and_(card.interview_id == InterviewPanelist.interview_id, card.author_id == InterviewPanelist.user_id)
    submitted_at = as_scalar(card, sa.select(card.submitted_at).where(of_seat))
    times = {
        "created_at": InterviewPanelist.created_at,
        "updated_at": InterviewPanelist.updated_at,
        "happened_at": Interview.starts_at,
        "ended_at": Interview.ends_at,
    }
    statement = sa.select(
        InterviewPanelist.id,
        Interview.status,
        report_scope.key(subject, Interview.starts_at).label("key"),
        submitted_at.label("submitted_at"),
        seconds_between(Interview.starts_at, Interview.ends_at).label("lasts"),
        # 0 if the interviewer submitted the scorecard before the planned end.
        sa.case((submitted_at > Interview.ends_at, seconds_between(Interview.ends_at, submitted_at)), else_=0).label(
            "to_scorecard"
        ),
        *_shown(Interview.application_id, interview_id=Interview.id, user_id=InterviewPanelist.user_id, **times),
    ).join(Interview, meeting)
    return statement.where(report_scope.period.holds(Interview.starts_at), *report_scope.filters(subject))


def offers(report_scope: ReportScope) -> sa.Select[Any]:
    """Select the offers created within the period."""
    subject = _subject(Offer.application_id, job_id=Offer.job_id, candidate_id=Offer.candidate_id)
    times = {"created_at": Offer.created_at, "updated_at": Offer.updated_at, "happened_at": Offer.created_at}
    statement = sa.select(
        Offer.id,
        Offer.status,
        report_scope.key(subject, Offer.created_at).label("key"),
        seconds_between(Offer.sent_at, Offer.accepted_at).label("to_accept"),
        *_shown(Offer.application_id, ended_at=Offer.accepted_at, **times),
    )
    return statement.where(report_scope.period.holds(Offer.created_at), *report_scope.filters(subject))
