"""Screening questions of a job, and the answers of applicants."""

from uuid import UUID

from flask import Blueprint

from app.middleware.endpoint.decorator import endpoint
from app.schemas.job_question_schema import (
    ApplicationAnswerOut,
    JobQuestionCreate,
    JobQuestionOut,
    JobQuestionUpdate,
)
from app.schemas.lists import Page
from app.services.jobs import job_question_service

bp = Blueprint("job_questions", __name__)


@bp.get("/jobs/<uuid:job_id>/questions")
@endpoint("jobs.read", out=Page[JobQuestionOut])
def list_questions(job_id: UUID):
    """List the screening questions of a job."""
    return job_question_service.list_questions(job_id)


@bp.post("/jobs/<uuid:job_id>/questions")
@endpoint("jobs.update", out=JobQuestionOut, status=201)
def add(job_id: UUID, body: JobQuestionCreate):
    """Add a screening question to a job.

    `passes` defines which answers pass.
    """
    return job_question_service.add(job_id, body)


@bp.patch("/jobs/<uuid:job_id>/questions/<uuid:question_id>")
@endpoint("jobs.update", out=JobQuestionOut)
def update(job_id: UUID, question_id: UUID, body: JobQuestionUpdate):
    """Update the text, rule or position of a screening question."""
    return job_question_service.update(job_id, question_id, body)


@bp.delete("/jobs/<uuid:job_id>/questions/<uuid:question_id>")
@endpoint("jobs.update", status=204)
def remove(job_id: UUID, question_id: UUID):
    """Remove a screening question from a job.

    Existing answers are kept.
    """
    job_question_service.remove(job_id, question_id)


@bp.get("/applications/<uuid:application_id>/answers")
@endpoint("applications.read", out=Page[ApplicationAnswerOut])
def answers(application_id: UUID):
    """List the answers of an application to the screening questions."""
    return job_question_service.answers(application_id)
