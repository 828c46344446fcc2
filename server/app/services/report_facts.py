"""What the reports count: statements of one row per application, stay, seat on a panel or offer.

Each reads one table by an index of its period and looks all else up by key (`report_frame.lookup`).
"""

from __future__ import annotations

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
from app.services.report_frame import Frame, Steps, Subject, lookup, one_of, steps
from app.services.report_sql import seconds_between

A, M, P, S = Application, Interview, InterviewPanelist, ApplicationStay
AS = ApplicationStatus
OF_APPLICATION = Subject(A.job_id, A.candidate_id, A.source, A.tracking_link_id)
HIRED_NOW = sa.and_(S.status == AS.HIRED, S.left_at.is_(None))


def _subject(application_id: Any, **own: Any) -> Subject:
    """What is known of an application by its id, but for what the row itself knows."""
    names = ("job_id", "candidate_id", "source", "tracking_link_id")
    looked_up = {name: lookup(getattr(A, name), application_id) for name in names if name not in own}
    return Subject(**looked_up, **own)


def _furthest(of: Steps) -> Any:
    """The rank of the furthest step at which an application stood; a hire that was taken back does not count."""
    stood = sa.or_(S.status == AS.ACTIVE, HIRED_NOW)
    return one_of(S, sa.select(sa.func.max(of.rank)).where(S.application_id == A.id, stood))


def _shown(application_id: Any, **columns: Any) -> list[Any]:
    """What the list of the counted rows shows of each, beside the names."""
    nothing = {name: sa.null() for name in ("stage_id", "interview_id", "user_id", "ended_at")}
    return [column.label(name) for name, column in {**nothing, "application_id": application_id, **columns}.items()]


def came(frame: Frame, of: Steps, *columns: Any) -> sa.Select[Any]:
    """The applications that came within the period, with the furthest step of each."""
    shown = _shown(
        A.id, created_at=A.created_at, updated_at=A.updated_at, stage_id=A.stage_id, happened_at=A.created_at
    )
    statement = sa.select(A.id, A.status, _furthest(of).label("rank"), *shown, *columns)
    return statement.where(frame.period.holds(A.created_at), *frame.filters(OF_APPLICATION)).offset(0)


def funnel(frame: Frame) -> sa.Select[Any]:
    """Once per step that an application reached."""
    each, step = came(frame, frame.steps).subquery("came"), frame.steps.table()
    return sa.select(*each.c, step.c.rank.label("step"), step.c.key).join_from(each, step, each.c.rank >= step.c.rank)


def sources(frame: Frame) -> sa.Select[Any]:
    """The applications that came within the period, and how long it took to the hire."""
    hired_at = one_of(S, sa.select(S.entered_at).where(S.application_id == A.id, HIRED_NOW))
    to_hire = seconds_between(A.created_at, hired_at).label("to_hire")
    return came(frame, steps(None), frame.key(OF_APPLICATION, A.created_at).label("key"), to_hire)


def hires(frame: Frame) -> sa.Select[Any]:
    """The hires within the period."""
    subject = _subject(S.application_id, job_id=S.job_id)
    opened_at = lookup(JobOpening.created_at, lookup(A.opening_id, S.application_id))
    came_at = lookup(A.created_at, S.application_id)
    statement = sa.select(
        S.application_id.label("id"),
        S.status,
        frame.key(subject, S.entered_at).label("key"),
        seconds_between(came_at, S.entered_at).label("to_hire"),
        seconds_between(opened_at, S.entered_at).label("to_fill"),
        *_shown(
            S.application_id,
            created_at=came_at,
            updated_at=lookup(A.updated_at, S.application_id),
            stage_id=S.stage_id,
            happened_at=came_at,
            ended_at=S.entered_at,
        ),
    )
    return _in_sight(statement, frame, subject).where(HIRED_NOW, frame.period.holds(S.entered_at))


def stays(frame: Frame) -> sa.Select[Any]:
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
    return _in_sight(statement, frame, subject).where(S.status == AS.ACTIVE, ended)


def _in_sight(statement: sa.Select[Any], frame: Frame, subject: Subject) -> sa.Select[Any]:
    """Stays themselves do not tell of whom they are."""
    return statement.where(lookup(A.id, S.application_id).is_not(None), *frame.filters(subject))


def seats(frame: Frame) -> sa.Select[Any]:
    """The seats on panels of the interviews within the period."""
    card = InterviewScorecard
    meeting = sa.and_(M.tenant_id == P.tenant_id, M.id == P.interview_id)
    subject = _subject(M.application_id, candidate_id=M.candidate_id, user_id=P.user_id)
    of_seat = sa.and_(card.interview_id == P.interview_id, card.author_id == P.user_id)
    submitted_at = one_of(card, sa.select(card.submitted_at).where(of_seat))
    times = {"created_at": P.created_at, "updated_at": P.updated_at, "happened_at": M.starts_at, "ended_at": M.ends_at}
    statement = sa.select(
        P.id,
        M.status,
        frame.key(subject, M.starts_at).label("key"),
        submitted_at.label("submitted_at"),
        seconds_between(M.starts_at, M.ends_at).label("lasts"),
        seconds_between(M.ends_at, submitted_at).label("to_scorecard"),
        *_shown(M.application_id, interview_id=M.id, user_id=P.user_id, **times),
    ).join(M, meeting)
    return statement.where(frame.period.holds(M.starts_at), *frame.filters(subject))


def offers(frame: Frame) -> sa.Select[Any]:
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
