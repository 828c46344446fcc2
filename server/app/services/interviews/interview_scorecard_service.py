"""Scorecards: interviewers see the scorecards of others once they have submitted their own."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Sequence
from uuid import UUID

import sqlalchemy as sa

from app.extensions import db
from app.models import Application, Interview, InterviewPanelist, InterviewScorecard
from app.models.interview import INTERVIEW_MACHINE, InterviewStatus
from app.models.interview_scorecard import Recommendation
from app.schemas.interview_scorecard_schema import AttributeSummary, ScorecardIn, ScorecardSummary
from app.schemas.lists import Page
from app.services.core import listing, rows
from app.services.core.transaction import use_case
from app.services.events import event_service
from app.services.interviews import interview_panel
from app.services.workflow import state_engine
from app.utils import clock, scope
from app.utils.errors import Conflict, Invalid

OVER = (InterviewStatus.CANCELLED, InterviewStatus.NO_SHOW)


def list_scorecards(interview_id: UUID) -> Page[InterviewScorecard]:
    """Return the scorecards of an interview that the caller may see (see `_shown`)."""
    with interview_panel.visible_to_panel(interview_id):
        rows.get(Interview, interview_id)
        cards = db.session.scalars(
            sa.select(InterviewScorecard)
            .where(InterviewScorecard.interview_id == interview_id)
            .order_by(InterviewScorecard.id)
        ).all()
        return listing.single_page(_shown(cards))


def summary(application_id: UUID) -> ScorecardSummary:
    """Return the totals of an application's scorecards, from those that the caller may see."""
    rows.get(Application, application_id)
    asked = (
        sa.select(sa.func.count())
        .select_from(InterviewPanelist)
        .join(
            Interview,
            sa.and_(Interview.tenant_id == InterviewPanelist.tenant_id, Interview.id == InterviewPanelist.interview_id),
        )
        .where(Interview.application_id == application_id, Interview.status.not_in(OVER))
    )
    cards = db.session.scalars(
        sa.select(InterviewScorecard)
        .where(InterviewScorecard.application_id == application_id)
        .order_by(InterviewScorecard.id)
    ).all()
    submitted = [card for card in cards if card.submitted_at is not None]
    seen = [card for card in _shown(cards) if card.submitted_at is not None]
    said = Counter(card.recommendation for card in seen)
    return ScorecardSummary(
        application_id=application_id,
        asked=db.session.scalar(asked) or 0,
        submitted=len(submitted),
        hidden=len(submitted) - len(seen),
        recommendations={each: said[each] for each in Recommendation},
        attributes=_attributes(seen),
    )


@use_case
def put(interview_id: UUID, request: ScorecardIn) -> InterviewScorecard:
    """Save or submit the caller's scorecard; the last one completes an interview that awaits feedback."""
    with interview_panel.visible_to_panel(interview_id):
        # Locked, so that of the last two scorecards, submitted at once, one sees that all are in.
        interview = rows.lock_row(Interview, interview_id)
        if not interview_panel.is_on(interview_id):
            raise Conflict("Only members of the panel can fill in a scorecard.", code="not_on_the_panel")
        # Scheduled interviews can be scored: their end is noted by a function, up to ten minutes late.
        if interview.status in (*OVER, InterviewStatus.PROPOSED):
            raise Conflict("This interview cannot be scored.", code="interview_over", current_state=interview.status)
        _check_ratings(interview, request)
        return _write(interview, request)


def _write(interview: Interview, request: ScorecardIn) -> InterviewScorecard:
    own = sa.select(InterviewScorecard).where(
        InterviewScorecard.interview_id == interview.id, InterviewScorecard.author_id == scope.user_id()
    )
    card = db.session.scalars(own.with_for_update()).one_or_none()
    if card is None:
        card = InterviewScorecard(interview_id=interview.id, author_id=scope.user_id())
        card.application_id, card.candidate_id = interview.application_id, interview.candidate_id
        card.version = 0  # incremented below, like that of an existing card
        db.session.add(card)
    if card.submitted_at is not None and not request.submit:
        raise Conflict("The scorecard was submitted. It can be changed but not withdrawn.", code="already_submitted")
    card.version += 1
    card.recommendation, card.notes = request.recommendation, request.notes
    card.ratings = [rating.model_dump() for rating in request.ratings]
    if request.submit and card.submitted_at is None:
        card.submitted_at = clock.now()
        interview.version += 1  # its representation includes who has submitted
    db.session.flush()  # the event needs the id
    action = "submitted" if request.submit else "saved"
    event_service.record(f"interview_scorecard.{action}", card, interview_id=interview.id)
    complete_if_said(interview)
    return card


def complete_if_said(interview: Interview) -> None:
    """Complete an interview that awaits feedback once its whole panel has submitted scorecards."""
    panel = interview_panel.panels([interview.id]).get(interview.id, [])
    if interview.status == InterviewStatus.AWAITING_FEEDBACK and all(each.has_submitted for each in panel):
        interview.version += 1
        state_engine.fire_automatic(INTERVIEW_MACHINE, [interview], "complete_automatically")


def _shown(cards: Sequence[InterviewScorecard]) -> list[InterviewScorecard]:
    """Return the caller's own cards, and submitted cards of interviews for which the caller owes none."""
    own = scope.user_id()
    asked = sa.select(InterviewPanelist.interview_id).where(
        InterviewPanelist.user_id == own, InterviewPanelist.interview_id.in_({card.interview_id for card in cards})
    )
    # Whoever owes a scorecard does not see the others, so that each interviewer judges independently.
    hidden = set(db.session.scalars(asked)) if own is not None else set()
    hidden -= {card.interview_id for card in cards if card.author_id == own and card.submitted_at is not None}
    return [
        card
        for card in cards
        if card.author_id == own or card.submitted_at is not None and card.interview_id not in hidden
    ]


def _check_ratings(interview: Interview, request: ScorecardIn) -> None:
    known = {item["name"] for item in interview.rubric}
    # Without a rubric, interviewers choose the names of their ratings.
    wrong = [number for number, rating in enumerate(request.ratings) if known and rating.name not in known]
    if len({rating.name for rating in request.ratings}) != len(request.ratings) or wrong:
        pointer = f"/ratings/{wrong[0]}/name" if wrong else "/ratings"
        error = {"pointer": pointer, "code": "not_in_rubric", "detail": "must list only items of the rubric, each once"}
        raise Invalid("The ratings do not match the rubric.", code="not_in_rubric", errors=[error])


def _attributes(cards: Sequence[InterviewScorecard]) -> list[AttributeSummary]:
    scores: defaultdict[str, list[int]] = defaultdict(list)
    for card in cards:
        for rating in card.ratings:
            scores[rating["name"]].append(rating["score"])
    return [
        AttributeSummary(name=name, count=len(found), mean=round(sum(found) / len(found), 2))
        for name, found in sorted(scores.items())
    ]
