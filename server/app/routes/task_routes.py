"""Tasks about candidates, applications and jobs."""

from uuid import UUID

from flask import Blueprint

from app.middleware.endpoint.decorator import endpoint
from app.schemas.common import IfMatch
from app.schemas.lists import Page
from app.schemas.task_schema import (
    TaskCreate,
    TaskListed,
    TaskOut,
    TaskQuery,
    TaskUpdate,
)
from app.services.collaboration import task_service

bp = Blueprint("tasks", __name__, url_prefix="/tasks")


@bp.get("")
@endpoint("tasks.read", out=Page[TaskListed])
def list_tasks(query: TaskQuery):
    """List tasks."""
    return task_service.list_tasks(query)


@bp.post("")
@endpoint("tasks.create", out=TaskOut, status=201)
def create(body: TaskCreate):
    """Add a task about a candidate, an application or a job."""
    return task_service.create(body)


@bp.get("/<uuid:task_id>")
@endpoint("tasks.read", out=TaskOut)
def get(task_id: UUID):
    """Get a task."""
    return task_service.get(task_id)


@bp.patch("/<uuid:task_id>")
@endpoint("tasks.update", out=TaskOut)
def update(task_id: UUID, body: TaskUpdate, if_match: IfMatch):
    """Update a task."""
    return task_service.update(task_id, body, if_match)


@bp.delete("/<uuid:task_id>")
@endpoint("tasks.delete", status=204)
def delete(task_id: UUID):
    """Delete a task."""
    task_service.delete(task_id)
