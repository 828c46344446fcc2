"""Panels of interviews; no interviewer is in two interviews at once."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any
from uuid import UUID

import sqlalchemy as sa

from app.extensions import db
from app.models import Interview, InterviewPanelist, InterviewScorecard, User
from app.models.interview import InterviewStatus
from app.schemas.interview_schema import PanelistOut
from app.services.access import active_users
from app.services.core.transaction import mark_deleted
from app.services.workflow.state_engine import Refusal
from app.utils import clock, scope
from app.utils.errors import Conflict


def panels(interview_ids: Iterable[UUID]) -> dict[UUID, list[PanelistOut]]:
    """Return the panel of each interview: user, name, and whether the scorecard is submitted."""
    own = sa.and_(
        InterviewScorecard.tenant_id == InterviewPanelist.tenant_id,
        InterviewScorecard.interview_id == InterviewPanelist.interview_id,
        InterviewScorecard.author_id == InterviewPanelist.user_id,
    )
    columns = (
        InterviewPanelist.interview_id,
        InterviewPanelist.user_id,
        User.name,
        InterviewScorecard.submitted_at.is_not(None).label("has_submitted"),
    )
    statement = (
        sa.select(*columns)
        .select_from(InterviewPanelist)
        .join(User, sa.and_(User.tenant_id == InterviewPanelist.tenant_id, User.id == InterviewPanelist.user_id))
        .outerjoin(InterviewScorecard, own)
        .where(InterviewPanelist.interview_id.in_(list(interview_ids)))
        .order_by(User.name, User.id)
    )
    found: dict[UUID, list[PanelistOut]] = {}
    for row in db.session.execute(statement):
        found.setdefault(row.interview_id, []).append(PanelistOut.model_validate(row))
    return found


def users(interview_id: UUID) -> Sequence[User]:
    """Return the active users of a panel."""
    own = db.session.scalars(sa.select(InterviewPanelist.user_id).where(InterviewPanelist.interview_id == interview_id))
    return sorted(active_users.among(own), key=lambda user: user.id)


def seated(interview_id: UUID) -> set[UUID]:
    """Return the users of a panel, active or not."""
    return {each.user_id for each in _seats([interview_id])}


def is_on(interview_id: UUID) -> bool:
    """Return whether the current user is on the panel."""
    own = sa.select(InterviewPanelist.id).where(
        InterviewPanelist.interview_id == interview_id, InterviewPanelist.user_id == scope.user_id()
    )
    return db.session.scalar(own) is not None


def owes_scorecard() -> sa.ColumnElement[bool]:
    """Return the condition that the interview is over and the current user, of its panel, has not submitted a card."""
    seat = sa.and_(InterviewPanelist.interview_id == Interview.id, InterviewPanelist.user_id == scope.user_id())
    card = sa.and_(
        InterviewScorecard.interview_id == Interview.id,
        InterviewScorecard.author_id == scope.user_id(),
        InterviewScorecard.submitted_at.is_not(None),
    )
    is_over = (Interview.status == InterviewStatus.SCHEDULED) & (Interview.ends_at <= clock.now())
    waits = (
        Interview.status == InterviewStatus.AWAITING_FEEDBACK
    ) | is_over  # noted by a function, up to ten minutes late
    return sa.and_(waits, sa.exists().where(seat), ~sa.exists().where(card))


@contextmanager
def visible_to_panel(interview_id: UUID) -> Iterator[None]:
    """Within this context, an interviewer sees the interview even if its candidate is not visible to them."""
    if scope.actor().visibility is not None and is_on(interview_id):
        with scope.unrestricted("an interview of one's own"):
            yield
    else:
        yield


def seat(interview: Interview, user_ids: Sequence[UUID]) -> None:
    """Replace the panel of an interview; Conflict if a user is not active. Inside a use case."""
    there = {user.id for user in active_users.among(user_ids)}
    for user_id in user_ids:
        if user_id not in there:
            active_users.require(user_id, "interviews")  # raises what applies: NotFound or Conflict
    known = {each.user_id: each for each in _seats([interview.id])}
    gone = [each.id for user_id, each in known.items() if user_id not in user_ids]
    if gone:
        db.session.execute(sa.delete(InterviewPanelist).where(InterviewPanelist.id.in_(gone)))
        mark_deleted()
    db.session.add_all(
        InterviewPanelist(interview_id=interview.id, user_id=user_id) for user_id in user_ids if user_id not in known
    )
    db.session.flush()


def panel_is_not_empty(interview: Any) -> Refusal | None:
    """Refuse if the panel is empty."""
    if (
        db.session.scalar(
            sa.select(InterviewPanelist.id).where(InterviewPanelist.interview_id == interview.id).limit(1)
        )
        is not None
    ):
        return None
    return Refusal("no_panel", "The panel is empty. Add an interviewer first.")


def hold_panel(interviews: Sequence[Interview]) -> None:
    """Reserve the time of the interview for its panel; Conflict if an interviewer is busy."""
    for interview in interviews:
        db.session.flush()
        seats = _seats([interview.id])
        _check_free(interview, [each.user_id for each in seats])
        for each in seats:
            each.starts_at, each.ends_at, each.is_held = interview.starts_at, interview.ends_at, True
        db.session.flush()


def free_panel(interviews: Sequence[Interview]) -> None:
    """Release the reserved time of the panels."""
    for each in _seats([interview.id for interview in interviews]):
        each.is_held = False


def _seats(interview_ids: Sequence[UUID]) -> Sequence[InterviewPanelist]:
    return db.session.scalars(
        sa.select(InterviewPanelist)
        .where(InterviewPanelist.interview_id.in_(interview_ids))
        .order_by(InterviewPanelist.user_id)
    ).all()


def _check_free(interview: Interview, user_ids: Sequence[UUID]) -> None:
    """Raise Conflict if an interviewer is busy; a constraint of PostgreSQL catches concurrent requests."""
    taken = sa.select(InterviewPanelist.user_id).where(
        InterviewPanelist.user_id.in_(user_ids),
        InterviewPanelist.is_held,
        InterviewPanelist.interview_id != interview.id,  # a new time may overlap its own old one
        # Strictly, so that an interview can begin when another ends.
        InterviewPanelist.starts_at < interview.ends_at,
        InterviewPanelist.ends_at > interview.starts_at,
    )
    if busy := sorted(set(db.session.scalars(taken))):
        names = db.session.scalars(sa.select(User.name).where(User.id.in_(busy)).order_by(User.name))
        raise Conflict(
            f"Already in another interview at this time: {', '.join(names)}.",
            code="interviewer_busy",
            busy_user_ids=[str(each) for each in busy],
        )
