"""Tasks about candidates."""

from uuid import UUID

from flask import Blueprint

from app.middleware.endpoint.decorator import endpoint
from app.schemas.candidate_task_schema import (
    CandidateTaskCreate,
    CandidateTaskListed,
    CandidateTaskOut,
    CandidateTaskQuery,
    CandidateTaskUpdate,
)
from app.schemas.common import IfMatch
from app.schemas.lists import Page
from app.services.candidates import candidate_task_service

bp = Blueprint("candidate_tasks", __name__, url_prefix="/candidate-tasks")


@bp.get("")
@endpoint("candidate_tasks.read", out=Page[CandidateTaskListed])
def list_tasks(query: CandidateTaskQuery):
    """List tasks about candidates."""
    return candidate_task_service.list_tasks(query)


@bp.post("")
@endpoint("candidate_tasks.create", out=CandidateTaskOut, status=201)
def create(body: CandidateTaskCreate):
    """Add a task about a candidate."""
    return candidate_task_service.create(body)


@bp.get("/<uuid:task_id>")
@endpoint("candidate_tasks.read", out=CandidateTaskOut)
def get(task_id: UUID):
    """Get a task about a candidate."""
    return candidate_task_service.get(task_id)


@bp.patch("/<uuid:task_id>")
@endpoint("candidate_tasks.update", out=CandidateTaskOut)
def update(task_id: UUID, body: CandidateTaskUpdate, if_match: IfMatch):
    """Update a task about a candidate."""
    return candidate_task_service.update(task_id, body, if_match)


@bp.delete("/<uuid:task_id>")
@endpoint("candidate_tasks.delete", status=204)
def delete(task_id: UUID):
    """Delete a task about a candidate."""
    candidate_task_service.delete(task_id)
