"""Screening questions of a job: ordered, answered once per application, and evaluated by rules."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from decimal import Decimal
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from pydantic import TypeAdapter, ValidationError

from app.extensions import db
from app.models import Application, ApplicationAnswer, Job, JobQuestion
from app.models.job_question import QuestionKind
from app.schemas.common import Line, Text, Url
from app.schemas.job_question_schema import (
    MAX_QUESTIONS,
    ApplicationAnswerOut,
    JobQuestionCreate,
    JobQuestionFields,
    JobQuestionUpdate,
    Passes,
    read_end,
)
from app.schemas.lists import Page
from app.services.core import listing, rows
from app.services.core.transaction import use_case
from app.services.events import event_service
from app.utils.errors import Conflict, Invalid, NotFound

TEXTS = {
    QuestionKind.SHORT_TEXT: TypeAdapter(Line),
    QuestionKind.LONG_TEXT: TypeAdapter(Text),
    QuestionKind.LINK: TypeAdapter(Url),
}


def list_questions(job_id: UUID) -> Page[JobQuestion]:
    """Return the questions of a job in order."""
    rows.get(Job, job_id)
    return listing.single_page(asked(job_id))


def asked(job_id: UUID) -> list[JobQuestion]:
    """Return the questions that applicants see, in order."""
    own = sa.select(JobQuestion).where(JobQuestion.job_id == job_id, JobQuestion.position.is_not(None))
    return list(db.session.scalars(own.order_by(JobQuestion.position)))


def answers(application_id: UUID) -> Page[ApplicationAnswerOut]:
    """Return the answers of an application, in the order of the questions."""
    rows.get(Application, application_id)
    own = sa.and_(JobQuestion.tenant_id == ApplicationAnswer.tenant_id, JobQuestion.id == ApplicationAnswer.question_id)
    statement = sa.select(
        ApplicationAnswer.question_id,
        JobQuestion.kind,
        JobQuestion.label,
        ApplicationAnswer.answer,
        ApplicationAnswer.has_passed,
    ).join(JobQuestion, own)
    # Removed questions come last; the databases differ in where they sort nulls.
    found = db.session.execute(
        statement.where(ApplicationAnswer.application_id == application_id).order_by(
            JobQuestion.position.is_(None), JobQuestion.position, JobQuestion.id
        )
    )
    # `answer` has the label as the applicant read it, which replaces the present one.
    return listing.single_page(ApplicationAnswerOut(**{**row._asdict(), **row.answer}) for row in found)


def copy(source_id: UUID, job_id: UUID) -> None:
    """Copy the questions of one job to another; inside a use case."""
    for question in asked(source_id):
        db.session.add(JobQuestion(job_id=job_id, **rows.values_of(question, "job_id")))


def add_all(job_id: UUID, questions: Sequence[JobQuestionFields]) -> None:
    """Add the questions of a new job; inside a use case."""
    db.session.add_all(_new(job_id, position, each) for position, each in enumerate(questions))


def _new(job_id: UUID, position: int, new: JobQuestionFields) -> JobQuestion:
    values = new.model_dump(mode="json", exclude={"passes"})
    return JobQuestion(job_id=job_id, position=position, passes=_rule(new.passes), **values)


@use_case
def add(job_id: UUID, new: JobQuestionCreate) -> JobQuestion:
    """Add a question to a job; Conflict if there are too many."""
    job = rows.lock_for_update(Job, job_id)
    present = asked(job_id)
    if len(present) >= MAX_QUESTIONS:
        raise Conflict(f"A job can have at most {MAX_QUESTIONS} questions.", code="too_many_questions")
    question = _new(job_id, len(present), new)
    db.session.add(question)
    db.session.flush()  # the event needs the id
    event_service.record("job.question_added", job, question_id=question.id)
    return question


@use_case
def update(job_id: UUID, question_id: UUID, changes: JobQuestionUpdate) -> JobQuestion:
    """Update a question, its rule or its position."""
    job = rows.lock_for_update(Job, job_id)
    present = asked(job_id)
    question = _find(present, question_id)
    values: dict[str, Any] = changes.model_dump(exclude_unset=True)
    position = values.pop("position", None)
    if "passes" in values:
        values["passes"] = _rule(changes.passes)
        _check_rule(question, changes.passes)
    # An applicant could evade the rule by not answering.
    if values.get("passes", question.passes):
        values["is_required"] = True
    changed = rows.apply_changes(question, values)
    if position is not None:
        present.remove(question)
        present.insert(position, question)
        _number(present)
    event_service.record("job.question_updated", job, question_id=question_id, changed=changed)
    return question


@use_case
def remove(job_id: UUID, question_id: UUID) -> None:
    """Remove a question from the form; it is deleted only if it was never answered."""
    job = rows.lock_for_update(Job, job_id)
    present = asked(job_id)
    question = _find(present, question_id)
    present.remove(question)
    question.position = None
    _number(present)
    event_service.record("job.question_removed", job, question_id=question_id)
    if not rows.is_referenced(ApplicationAnswer.question_id, question):
        db.session.delete(question)


def read(questions: list[JobQuestion], given: Mapping[UUID, Any]) -> dict[UUID, Any]:
    """Return the answers, parsed by kind; Invalid with a pointer for each that is missing or invalid."""
    found: dict[UUID, Any] = {}
    errors = []
    for question in questions:
        value = given.get(question.id)
        if value in (None, "", []):  # False and 0 are answers
            if question.is_required:
                errors.append(_error(question, "missing", "is required"))
            continue
        try:
            found[question.id] = _read(question, value)
        except (ValueError, ValidationError):
            errors.append(_error(question, "bad_answer", f"is not a valid answer to a {question.kind} question"))
    known = {question.id for question in questions}
    errors += [
        {"pointer": f"/answers/{each}", "code": "unknown", "detail": "is not a question of this job"}
        for each in given
        if each not in known
    ]
    if errors:
        raise Invalid("Some answers are missing or invalid.", code="bad_answers", errors=errors)
    return found


def store_answers(
    application: Application, questions: list[JobQuestion], found: Mapping[UUID, Any]
) -> list[JobQuestion]:
    """Store the answers, and return the questions whose rule they do not meet; inside a use case."""
    failed = []
    for question in questions:
        if question.id not in found:
            continue
        passed = has_passed(question, found[question.id])
        failed += [] if passed else [question]
        answer = ApplicationAnswer(application_id=application.id, candidate_id=application.candidate_id)
        answer.question_id, answer.has_passed = question.id, passed
        answer.answer = {"label": question.label, "value": found[question.id]}  # the question may change later
        db.session.add(answer)
    return failed


def has_passed(question: JobQuestion, value: Any) -> bool:
    """Return whether an answer meets the rule of its question."""
    rule = question.passes
    if not rule:
        return True
    if rule.get("any_of") or rule.get("none_of"):
        # Rules name the answers of a yes/no question as text.
        said = value if isinstance(value, list) else ["yes" if value is True else "no" if value is False else value]
        wanted, refused = rule.get("any_of"), set(rule.get("none_of", ()))
        return (wanted is None or bool(set(said) & set(wanted))) and not set(said) & refused
    place: Any = read_end(question.kind, str(value))
    low, high = (read_end(question.kind, rule[end]) if rule.get(end) else None for end in ("min", "max"))
    return (low is None or place >= low) and (high is None or place <= high)


def _read(question: JobQuestion, value: Any) -> Any:
    kind = question.kind
    if kind in TEXTS:
        return TEXTS[kind].validate_python(value)
    if kind == QuestionKind.YES_NO:
        # JSON sends true or false, the form of the careers page "yes" or "no".
        return {"yes": True, "no": False, True: True, False: False}[value] if value in ("yes", "no") else _bool(value)
    if kind == QuestionKind.SINGLE_CHOICE:
        return _among(question, value)
    if kind == QuestionKind.MULTIPLE_CHOICE:
        several = value if isinstance(value, list) else [value]  # a form with one checked box sends no list
        return list(dict.fromkeys(_among(question, each) for each in several))
    if kind == QuestionKind.DATE:
        return date.fromisoformat(str(value)).isoformat()
    number = read_end(kind, str(value))
    # Formatted, because normalize() turns 1000 into 1E+3.
    return format(number.normalize(), "f") if isinstance(number, Decimal) else str(number)


def _bool(value: Any) -> bool:
    if not isinstance(value, bool):
        raise ValueError("must be true or false")
    return value


def _among(question: JobQuestion, value: Any) -> str:
    if value not in question.options:
        raise ValueError("is not one of the options")
    return str(value)


def _rule(passes: Passes | None) -> dict[str, Any]:
    return passes.model_dump(exclude_none=True) if passes else {}


def _check_rule(question: JobQuestion, passes: Passes | None) -> None:
    facts = {"label": question.label, "kind": question.kind, "options": question.options, "passes": passes}
    try:
        JobQuestionFields.model_validate(facts)
    except ValidationError as error:
        wrong = {"pointer": "/passes", "code": "bad_rule", "detail": "does not match the question"}
        raise Invalid("The rule does not match the question.", code="bad_rule", errors=[wrong]) from error


def _find(present: list[JobQuestion], question_id: UUID) -> JobQuestion:
    found = next((question for question in present if question.id == question_id), None)
    if found is None:
        raise NotFound("There is no such job question.")
    return found


def _number(questions: list[JobQuestion]) -> None:
    for position, question in enumerate(questions):
        question.position = position


def _error(question: JobQuestion, code: str, detail: str) -> dict[str, str]:
    return {"pointer": f"/answers/{question.id}", "code": code, "detail": detail}
