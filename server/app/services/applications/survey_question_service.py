"""The voluntary survey of applicants. Answers are stored separately and only reported as totals."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any
from uuid import UUID

import sqlalchemy as sa

from app.extensions import db
from app.models import Application, SurveyAnswer, SurveyQuestion
from app.schemas.careers_schema import SurveyAnswerIn
from app.schemas.lists import Page
from app.schemas.survey_question_schema import SurveyQuestionCreate, SurveyQuestionUpdate
from app.services.core import listing, rows
from app.services.core.transaction import use_case
from app.services.events import event_service
from app.utils.errors import Conflict, Invalid
from app.utils.text import name_key

MAX_QUESTIONS = 20
LABEL_LENGTH = 200  # of the column


def list_all() -> Page[SurveyQuestion]:
    """Return all questions, oldest first."""
    return listing.single_page(db.session.scalars(sa.select(SurveyQuestion).order_by(SurveyQuestion.id)))


def asked() -> list[SurveyQuestion]:
    """Return the active questions."""
    return list(
        db.session.scalars(sa.select(SurveyQuestion).where(SurveyQuestion.is_active).order_by(SurveyQuestion.id))
    )


def read(questions: Iterable[SurveyQuestion], given: Iterable[SurveyAnswerIn]) -> dict[UUID, str]:
    """Return the answers by question, all optional; Invalid with a pointer for each that is not an option."""
    options = {question.id: question.options for question in questions}
    found = {answer.question_id: answer.value for answer in given if answer.value}
    errors = [
        {"pointer": f"/survey/{question_id}", "code": "bad_answer", "detail": "is not one of the options"}
        for question_id, value in found.items()
        if value not in options.get(question_id, ())
    ]
    if errors:
        raise Invalid("Some answers are invalid.", code="bad_answers", errors=errors)
    return found


def store_answers(application: Application, found: dict[UUID, str]) -> None:
    """Store the answers; inside a use case. No event is recorded, so that none leads to an answer."""
    for question_id, value in found.items():
        own = {"application_id": application.id, "candidate_id": application.candidate_id}
        db.session.add(SurveyAnswer(question_id=question_id, answer=value, **own))


def copy(source: Application, target: Application) -> None:
    """Copy the answers to the application that continues this one for another job; inside a use case."""
    for answer in db.session.scalars(sa.select(SurveyAnswer).where(SurveyAnswer.application_id == source.id)):
        own = {"application_id": target.id, "candidate_id": target.candidate_id}
        db.session.add(SurveyAnswer(**own, **rows.values_of(answer, *own)))


@use_case
def create(new: SurveyQuestionCreate) -> SurveyQuestion:
    """Add a question."""
    rows.enforce_limit(
        MAX_QUESTIONS, SurveyQuestion, f"A survey can have {MAX_QUESTIONS} questions", "too_many_questions"
    )
    question = SurveyQuestion(key=name_key(new.label, LABEL_LENGTH), **new.model_dump())
    db.session.add(question)
    db.session.flush()  # the event needs the id
    event_service.record("survey_question.created", question)
    return question


@use_case
def update(question_id: UUID, changes: SurveyQuestionUpdate) -> SurveyQuestion:
    """Rename a question, add options, or deactivate or reactivate it; Conflict if an option is removed."""
    question = rows.lock_row(SurveyQuestion, question_id)
    values: dict[str, Any] = changes.model_dump(exclude_unset=True)
    if "label" in values:
        values["key"] = name_key(values["label"], LABEL_LENGTH)
    # Stored answers hold the text of their option, and selection rates count by it.
    if set(question.options) - set(values.get("options", question.options)):
        raise Conflict("Options can be added but not removed.", code="options_in_use")
    event_service.record("survey_question.updated", question, changed=rows.apply_changes(question, values))
    return question


@use_case
def delete(question_id: UUID) -> None:
    """Delete a question; Conflict if it was answered (deactivate it instead)."""
    question = rows.lock_for_delete(SurveyQuestion, question_id)  # no applicant can answer it meanwhile
    if rows.is_referenced(SurveyAnswer.question_id, question):
        raise Conflict("Applicants have answered this question. Make it inactive instead.", code="question_in_use")
    event_service.record("survey_question.deleted", question)
    db.session.delete(question)
