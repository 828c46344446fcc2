"""What the reports count: statements of one row per application, stay, seat on a panel or offer.

Each reads one table by an index of its period and looks all else up by key (`rows.lookup`).
"""

from __future__ import annotations

from datetime import datetime
from typing import Any

import sqlalchemy as sa

from app.models import (
    Application,
    ApplicationStay,
    Interview,
    InterviewPanelist,
    InterviewScorecard,
    JobOpening,
    Offer,
)
from app.models.application import ApplicationStatus
from app.services.core.rows import as_scalar, scalar_lookup
from app.services.reports.report_scope import ReportScope, Subject
from app.services.reports.report_sql import seconds_between
from app.services.reports.report_steps import Steps, steps

A, M, P, S = Application, Interview, InterviewPanelist, ApplicationStay
AS = ApplicationStatus
OF_APPLICATION = Subject(A.job_id, A.candidate_id, A.source, A.tracking_link_id)
HIRED_NOW = sa.and_(S.status == AS.HIRED, S.left_at.is_(None))


def _subject(application_id: Any, **own: Any) -> Subject:
    """What is known of an application by its id, but for what the row itself knows."""
    names = ("job_id", "candidate_id", "source", "tracking_link_id")
    looked_up = {name: scalar_lookup(getattr(A, name), application_id) for name in names if name not in own}
    return Subject(**looked_up, **own)


def furthest(of: Steps, as_of: datetime | None = None) -> Any:
    """The rank of the furthest step at which an application stood; a hire that was taken back does not count."""
    stood = sa.or_(S.status == AS.ACTIVE, sa.and_(S.status == AS.HIRED, present(as_of)))
    before = [] if as_of is None else [S.entered_at < as_of]
    return as_scalar(S, sa.select(sa.func.max(of.rank)).where(S.application_id == A.id, stood, *before))


def present(as_of: datetime | None = None) -> Any:
    """The condition that a stay is the present one, or was it at a moment."""
    if as_of is None:
        return S.left_at.is_(None)
    return sa.and_(S.entered_at < as_of, sa.or_(S.left_at.is_(None), S.left_at >= as_of))


def rejections(frame: ReportScope) -> sa.Select[Any]:
    """The rejections within the period that stand."""
    subject = _subject(
        S.application_id, job_id=S.job_id, reason_id=scalar_lookup(A.rejection_reason_id, S.application_id)
    )
    times = {"created_at": S.created_at, "updated_at": S.updated_at, "happened_at": S.entered_at}
    statement = sa.select(
        S.id,
        S.status,
        steps(None).rank.label("rank"),
        frame.key(subject, S.entered_at).label("key"),
        *_shown(S.application_id, stage_id=S.stage_id, **times),
    )
    rejected = sa.and_(S.status == AS.REJECTED, S.left_at.is_(None), frame.period.holds(S.entered_at))
    return _visible(statement, frame, subject).where(rejected)


def _shown(application_id: Any, **columns: Any) -> list[Any]:
    """What the list of the counted rows shows of each, beside the names."""
    nothing = {name: sa.null() for name in ("stage_id", "interview_id", "user_id", "ended_at")}
    return [column.label(name) for name, column in {**nothing, "application_id": application_id, **columns}.items()]


def applied_in_period(frame: ReportScope, of: Steps, *columns: Any, moment: Any = A.created_at) -> sa.Select[Any]:
    """The applications that came within the period, with the furthest step of each."""
    times = {"created_at": A.created_at, "updated_at": A.updated_at, "happened_at": moment}
    shown = _shown(A.id, stage_id=A.stage_id, **times)
    statement = sa.select(A.id, A.status, furthest(of).label("rank"), *shown, *columns)
    return statement.where(frame.period.holds(moment), *frame.filters(OF_APPLICATION)).offset(0)


def funnel(frame: ReportScope) -> sa.Select[Any]:
    """Once per step that an application reached."""
    each, step = applied_in_period(frame, frame.steps).subquery("came"), frame.steps.table()
    return sa.select(*each.c, step.c.rank.label("step"), step.c.key).join_from(each, step, each.c.rank >= step.c.rank)


def sources(frame: ReportScope) -> sa.Select[Any]:
    """The applications that came within the period, where they go on now, and how long it took to the hire."""
    hired_at = as_scalar(S, sa.select(S.entered_at).where(S.application_id == A.id, HIRED_NOW))
    to_hire = seconds_between(A.applied_at, hired_at).label("to_hire")
    key = frame.key(OF_APPLICATION, A.applied_at).label("key")
    return applied_in_period(frame, steps(None), key, to_hire, moment=A.applied_at).where(A.status != AS.TRANSFERRED)


def hires(frame: ReportScope) -> sa.Select[Any]:
    """The hires within the period."""
    subject = _subject(S.application_id, job_id=S.job_id)
    opened_at = scalar_lookup(JobOpening.created_at, scalar_lookup(A.opening_id, S.application_id))
    came_at = scalar_lookup(A.applied_at, S.application_id)
    statement = sa.select(
        S.application_id.label("id"),
        S.status,
        frame.key(subject, S.entered_at).label("key"),
        seconds_between(came_at, S.entered_at).label("to_hire"),
        seconds_between(opened_at, S.entered_at).label("to_fill"),
        *_shown(
            S.application_id,
            created_at=came_at,
            updated_at=scalar_lookup(A.updated_at, S.application_id),
            stage_id=S.stage_id,
            happened_at=came_at,
            ended_at=S.entered_at,
        ),
    )
    return _visible(statement, frame, subject).where(HIRED_NOW, frame.period.holds(S.entered_at))


def stage_entries(frame: ReportScope) -> sa.Select[Any]:
    """The stays that ended within the period, and those that go on."""
    subject = _subject(S.application_id, job_id=S.job_id)
    times = {"created_at": S.created_at, "updated_at": S.updated_at, "happened_at": S.entered_at, "ended_at": S.left_at}
    statement = sa.select(
        S.id,
        S.status,
        S.left_at,
        frame.key(subject, S.left_at).label("key"),
        seconds_between(S.entered_at, S.left_at).label("stayed"),
        *_shown(S.application_id, stage_id=S.stage_id, **times),
    )
    ended = sa.or_(S.left_at.is_(None), frame.period.holds(S.left_at))
    return _visible(statement, frame, subject).where(S.status == AS.ACTIVE, ended)


def _visible(statement: sa.Select[Any], frame: ReportScope, subject: Subject) -> sa.Select[Any]:
    """Stays themselves do not tell of whom they are."""
    return statement.where(scalar_lookup(A.id, S.application_id).is_not(None), *frame.filters(subject))


def panel_seats(frame: ReportScope) -> sa.Select[Any]:
    """The seats on panels of the interviews within the period."""
    card = InterviewScorecard
    meeting = sa.and_(M.tenant_id == P.tenant_id, M.id == P.interview_id)
    subject = _subject(M.application_id, candidate_id=M.candidate_id, user_id=P.user_id)
    of_seat = sa.and_(card.interview_id == P.interview_id, card.author_id == P.user_id)
    submitted_at = as_scalar(card, sa.select(card.submitted_at).where(of_seat))
    times = {"created_at": P.created_at, "updated_at": P.updated_at, "happened_at": M.starts_at, "ended_at": M.ends_at}
    statement = sa.select(
        P.id,
        M.status,
        frame.key(subject, M.starts_at).label("key"),
        submitted_at.label("submitted_at"),
        seconds_between(M.starts_at, M.ends_at).label("lasts"),
        sa.case((submitted_at > M.ends_at, seconds_between(M.ends_at, submitted_at)), else_=0).label("to_scorecard"),
        *_shown(M.application_id, interview_id=M.id, user_id=P.user_id, **times),
    ).join(M, meeting)
    return statement.where(frame.period.holds(M.starts_at), *frame.filters(subject))


def offers(frame: ReportScope) -> sa.Select[Any]:
    """The offers made within the period."""
    subject = _subject(Offer.application_id, job_id=Offer.job_id, candidate_id=Offer.candidate_id)
    times = {"created_at": Offer.created_at, "updated_at": Offer.updated_at, "happened_at": Offer.created_at}
    statement = sa.select(
        Offer.id,
        Offer.status,
        frame.key(subject, Offer.created_at).label("key"),
        seconds_between(Offer.sent_at, Offer.accepted_at).label("to_accept"),
        *_shown(Offer.application_id, ended_at=Offer.accepted_at, **times),
    )
    return statement.where(frame.period.holds(Offer.created_at), *frame.filters(subject))
