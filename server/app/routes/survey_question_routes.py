"""The voluntary survey of applicants."""

from uuid import UUID

from flask import Blueprint

from app.middleware.endpoint.decorator import endpoint
from app.schemas.lists import Page
from app.schemas.survey_question_schema import (
    SurveyQuestionCreate,
    SurveyQuestionOut,
    SurveyQuestionUpdate,
)
from app.services.applications import survey_question_service

bp = Blueprint("survey_questions", __name__, url_prefix="/survey-questions")


@bp.get("")
@endpoint("jobs.read", out=Page[SurveyQuestionOut])
def list_all():
    """List survey questions."""
    return survey_question_service.list_all()


@bp.post("")
@endpoint("survey_questions.update", out=SurveyQuestionOut, status=201)
def create(body: SurveyQuestionCreate):
    """Add a survey question for applicants.

    Answers are optional, and individual answers are never shown.
    """
    return survey_question_service.create(body)


@bp.patch("/<uuid:survey_question_id>")
@endpoint("survey_questions.update", out=SurveyQuestionOut)
def update(survey_question_id: UUID, body: SurveyQuestionUpdate):
    """Rename a survey question, add options, or deactivate or reactivate it."""
    return survey_question_service.update(survey_question_id, body)


@bp.delete("/<uuid:survey_question_id>")
@endpoint("survey_questions.update", status=204)
def delete(survey_question_id: UUID):
    """Delete a survey question that has no answers."""
    survey_question_service.delete(survey_question_id)
