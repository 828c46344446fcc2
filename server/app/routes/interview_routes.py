"""Interviews, their transitions and scorecards."""

from uuid import UUID

from flask import Blueprint

from app.middleware.endpoint.decorator import endpoint
from app.schemas.common import IfMatch
from app.schemas.interview_schema import (
    InterviewAction,
    InterviewCreate,
    InterviewListed,
    InterviewOut,
    InterviewQuery,
    InterviewReschedule,
    InterviewTime,
    InterviewUpdate,
)
from app.schemas.interview_scorecard_schema import ScorecardIn, ScorecardOut, ScorecardSummary
from app.schemas.lists import Page
from app.schemas.state_schema import ActionsQuery
from app.services.interviews import interview_scorecard_service, interview_service

bp = Blueprint("interviews", __name__)


@bp.get("/interviews")
@endpoint("interviews.read", out=Page[InterviewListed])
def list_interviews(query: InterviewQuery):
    """List interviews.

    With `mine`, only interviews whose panel you are on.
    """
    return interview_service.list_interviews(query)


@bp.post("/interviews")
@endpoint("interviews.update", out=InterviewOut, status=201)
def create(body: InterviewCreate):
    """Create an interview.

    It is scheduled if you set `time`, otherwise proposed.
    """
    return interview_service.create(body)


@bp.get("/interviews/<uuid:interview_id>")
@endpoint("interviews.read", out=InterviewOut)
def get(interview_id: UUID, query: ActionsQuery):
    """Get an interview with its panel."""
    return interview_service.show(interview_id, query)


@bp.patch("/interviews/<uuid:interview_id>")
@endpoint("interviews.update", out=InterviewOut)
def update(interview_id: UUID, body: InterviewUpdate, if_match: IfMatch):
    """Update the place, kind or panel of an interview.

    If the interview is scheduled, the invitees are notified.
    """
    return interview_service.update(interview_id, body, if_match)


@bp.post("/interviews/<uuid:interview_id>/schedule")
@endpoint("interviews.update", out=InterviewOut)
def schedule(interview_id: UUID, body: InterviewTime, if_match: IfMatch):
    """Schedule a proposed interview and invite the participants."""
    return interview_service.schedule(interview_id, body, if_match)


@bp.post("/interviews/<uuid:interview_id>/reschedule")
@endpoint("interviews.update", out=InterviewOut)
def reschedule(interview_id: UUID, body: InterviewReschedule, if_match: IfMatch):
    """Reschedule an interview and notify the participants."""
    return interview_service.reschedule(interview_id, body, if_match)


@bp.post("/interviews/<uuid:interview_id>/<words(cancel, no_show, complete):action>")
@endpoint("interviews.update", out=InterviewOut)
def act(interview_id: UUID, action: str, body: InterviewAction, if_match: IfMatch):
    """Cancel an interview, record a no-show, or complete it without the missing scorecards."""
    return interview_service.act(interview_id, action, body, if_match)


@bp.get("/interviews/<uuid:interview_id>/scorecards")
@endpoint("interview_scorecards.read", out=Page[ScorecardOut])
def list_scorecards(interview_id: UUID):
    """List the scorecards of an interview.

    If you are on the panel, you see those of others once you have submitted yours.
    """
    return interview_scorecard_service.list_scorecards(interview_id)


@bp.put("/interviews/<uuid:interview_id>/scorecard")
@endpoint("interview_scorecards.create", out=ScorecardOut)
def put_scorecard(interview_id: UUID, body: ScorecardIn):
    """Save or submit your scorecard.

    It is a draft until you submit it.
    """
    return interview_scorecard_service.put(interview_id, body)


@bp.get("/applications/<uuid:application_id>/scorecard-summary")
@endpoint("interview_scorecards.read", out=ScorecardSummary)
def summary(application_id: UUID):
    """Summarize the scorecards of an application.

    Ratings and recommendations include only the scorecards that you can see.
    """
    return interview_scorecard_service.summary(application_id)
