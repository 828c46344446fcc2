"""Interviews, their steps and scorecards."""

from uuid import UUID

from flask import Blueprint

from app.middleware.endpoint.decorator import endpoint
from app.schemas.common import IfMatch, Page
from app.schemas.interview_schema import (
    InterviewAction,
    InterviewCreate,
    InterviewOut,
    InterviewQuery,
    InterviewReschedule,
    InterviewTime,
    InterviewUpdate,
)
from app.schemas.interview_scorecard_schema import ScorecardIn, ScorecardOut, ScorecardSummary
from app.schemas.state_schema import ActionsQuery
from app.services.interviews import interview_scorecard_service, interview_service

bp = Blueprint("interviews", __name__)


@bp.get("/interviews")
@endpoint("interviews.read", out=Page[InterviewOut])
def list_interviews(query: InterviewQuery):
    """List interviews, on wish those that one is on the panel of."""
    return interview_service.list_interviews(query)


@bp.post("/interviews")
@endpoint("interviews.update", out=InterviewOut, status=201)
def create(body: InterviewCreate):
    """Propose an interview, or schedule it at once."""
    return interview_service.create(body)


@bp.get("/interviews/<uuid:interview_id>")
@endpoint("interviews.read", out=InterviewOut)
def get(interview_id: UUID, query: ActionsQuery):
    """One interview with its panel."""
    return interview_service.show(interview_id, query)


@bp.patch("/interviews/<uuid:interview_id>")
@endpoint("interviews.update", out=InterviewOut)
def update(interview_id: UUID, body: InterviewUpdate, if_match: IfMatch):
    """Change place, kind or panel; whoever was invited hears of it."""
    return interview_service.update(interview_id, body, if_match)


@bp.post("/interviews/<uuid:interview_id>/schedule")
@endpoint("interviews.update", out=InterviewOut)
def schedule(interview_id: UUID, body: InterviewTime, if_match: IfMatch):
    """Give a proposed interview its time and invite everybody."""
    return interview_service.schedule(interview_id, body, if_match)


@bp.post("/interviews/<uuid:interview_id>/reschedule")
@endpoint("interviews.update", out=InterviewOut)
def reschedule(interview_id: UUID, body: InterviewReschedule, if_match: IfMatch):
    """Move an interview to another time and tell everybody."""
    return interview_service.reschedule(interview_id, body, if_match)


@bp.post("/interviews/<uuid:interview_id>/<any(cancel, no_show, complete):action>")
@endpoint("interviews.update", out=InterviewOut)
def act(interview_id: UUID, action: str, body: InterviewAction, if_match: IfMatch):
    """Cancel an interview, note that the candidate did not come, or close it without the missing scorecards."""
    return interview_service.act(interview_id, action, body, if_match)


@bp.get("/interviews/<uuid:interview_id>/scorecards")
@endpoint("interview_scorecards.read", out=Page[ScorecardOut])
def list_scorecards(interview_id: UUID):
    """List the scorecards of an interview: those of others once one's own is in."""
    return interview_scorecard_service.list_scorecards(interview_id)


@bp.put("/interviews/<uuid:interview_id>/scorecard")
@endpoint("interview_scorecards.create", out=ScorecardOut)
def put_scorecard(interview_id: UUID, body: ScorecardIn):
    """Write one's own scorecard, a draft until it is submitted."""
    return interview_scorecard_service.put(interview_id, body)


@bp.get("/applications/<uuid:application_id>/scorecard-summary")
@endpoint("interview_scorecards.read", out=ScorecardSummary)
def summary(application_id: UUID):
    """What the scorecards of an application say together, of those that one may see."""
    return interview_scorecard_service.summary(application_id)
