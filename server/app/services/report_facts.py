"""What the reports count: statements of one row per application, stay, seat on a panel or offer."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import aliased

from app.models import (
    Application,
    ApplicationStay,
    Interview,
    InterviewPanelist,
    InterviewScorecard,
    JobOpening,
    JobStage,
    Offer,
)
from app.models.application import ApplicationStatus
from app.services.report_frame import Frame, Steps, steps
from app.services.report_sql import seconds_between

A, P, S = Application, InterviewPanelist, ApplicationStay
AS = ApplicationStatus


def furthest(of: Steps, *conditions: Any) -> sa.Subquery:
    """Per application the rank of the furthest step at which it stood; a hire that was taken back does not count."""
    at = sa.and_(JobStage.tenant_id == S.tenant_id, JobStage.id == S.stage_id)
    stood = sa.or_(S.status == AS.ACTIVE, sa.and_(S.status == AS.HIRED, S.left_at.is_(None)))
    ranked = sa.select(S.application_id, sa.func.max(of.rank).label("rank")).join(JobStage, at)
    return ranked.where(stood, *conditions).group_by(S.application_id).subquery("furthest")


def stays_of(frame: Frame) -> list[Any]:
    """Conditions that leave the stays of the applications that came within the period."""
    own = [] if frame.query.job_id is None else [S.job_id == frame.query.job_id]
    return [S.entered_at >= frame.period.begins, *own]


def _hire() -> tuple[Any, Any]:
    """The present stay of who is hired, and how it hangs on the application."""
    hire = aliased(S)
    own = sa.and_(hire.tenant_id == A.tenant_id, hire.application_id == A.id)
    return hire, sa.and_(own, hire.status == AS.HIRED, hire.left_at.is_(None))


def came(frame: Frame, of: Steps, *columns: Any) -> sa.Select[Any]:
    """The applications that came within the period, with the furthest step of each."""
    far = furthest(of, *stays_of(frame))
    statement = sa.select(A.id, A.status, far.c.rank, *columns).select_from(A)
    return frame.of_people(statement.join(far, far.c.application_id == A.id)).where(frame.period.holds(A.created_at))


def funnel(frame: Frame) -> sa.Select[Any]:
    """Once per step that an application reached."""
    each, step = came(frame, frame.steps).subquery("came"), frame.steps.table()
    columns = (each.c.id, each.c.status, each.c.rank, step.c.rank.label("step"), step.c.key)
    return sa.select(*columns).join(step, each.c.rank >= step.c.rank)


def sources(frame: Frame) -> sa.Select[Any]:
    """The applications that came within the period, and how long it took to the hire."""
    hire, own = _hire()
    to_hire = seconds_between(A.created_at, hire.entered_at).label("to_hire")
    statement = came(frame, steps(None), frame.key(A.created_at).label("key"), to_hire)
    return statement.outerjoin(hire, own)


def hires(frame: Frame) -> sa.Select[Any]:
    """The hires within the period."""
    hire, own = _hire()
    opening = sa.and_(JobOpening.tenant_id == A.tenant_id, JobOpening.id == A.opening_id)
    statement = sa.select(
        A.id,
        frame.key(hire.entered_at).label("key"),
        seconds_between(A.created_at, hire.entered_at).label("to_hire"),
        seconds_between(JobOpening.created_at, hire.entered_at).label("to_fill"),
    ).select_from(A)
    statement = frame.of_people(statement.join(hire, own).outerjoin(JobOpening, opening))
    return statement.where(frame.period.holds(hire.entered_at))


def stays(frame: Frame) -> sa.Select[Any]:
    """The stays that ended within the period, and those that go on."""
    at = sa.and_(JobStage.tenant_id == S.tenant_id, JobStage.id == S.stage_id)
    own = sa.and_(A.tenant_id == S.tenant_id, A.id == S.application_id)
    stayed = seconds_between(S.entered_at, S.left_at).label("stayed")
    statement = sa.select(S.id, S.left_at, frame.key(S.left_at).label("key"), stayed).select_from(S)
    statement = frame.of_people(statement.join(JobStage, at).join(A, own)).where(S.status == AS.ACTIVE)
    return statement.where(sa.or_(S.left_at.is_(None), frame.period.holds(S.left_at)))


def seats(frame: Frame) -> sa.Select[Any]:
    """The seats on panels of the interviews within the period."""
    meeting = sa.and_(Interview.tenant_id == P.tenant_id, Interview.id == P.interview_id)
    own = sa.and_(A.tenant_id == P.tenant_id, A.id == Interview.application_id)
    card = InterviewScorecard
    said = sa.and_(card.tenant_id == P.tenant_id, card.interview_id == P.interview_id, card.author_id == P.user_id)
    statement = sa.select(
        P.id,
        Interview.status,
        frame.key(Interview.starts_at).label("key"),
        card.submitted_at,
        seconds_between(Interview.starts_at, Interview.ends_at).label("lasts"),
        seconds_between(Interview.ends_at, card.submitted_at).label("to_scorecard"),
    ).select_from(P)
    statement = frame.of_people(statement.join(Interview, meeting).join(A, own).outerjoin(card, said))
    return statement.where(frame.period.holds(Interview.starts_at))


def offers(frame: Frame) -> sa.Select[Any]:
    """The offers made within the period."""
    own = sa.and_(A.tenant_id == Offer.tenant_id, A.id == Offer.application_id)
    to_accept = seconds_between(Offer.sent_at, Offer.accepted_at).label("to_accept")
    columns = (Offer.id, Offer.status, Offer.sent_at, Offer.accepted_at, Offer.viewed_at, to_accept)
    statement = sa.select(*columns, frame.key(Offer.created_at).label("key")).select_from(Offer)
    return frame.of_people(statement.join(A, own)).where(frame.period.holds(Offer.created_at))
