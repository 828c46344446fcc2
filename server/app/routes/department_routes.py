"""Departments."""

from uuid import UUID

from flask import Blueprint

from app.middleware.endpoint.decorator import endpoint
from app.schemas.department_schema import DepartmentCount, DepartmentCreate, DepartmentOut, DepartmentUpdate
from app.schemas.lists import Page
from app.services.jobs import department_service

bp = Blueprint("departments", __name__, url_prefix="/departments")


@bp.get("")
@endpoint("jobs.read", out=Page[DepartmentCount])
def list_all():
    """List departments with the number of their jobs."""
    return department_service.list_all()


@bp.post("")
@endpoint("departments.update", out=DepartmentOut, status=201)
def create(body: DepartmentCreate):
    """Add a department."""
    return department_service.create(body)


@bp.patch("/<uuid:department_id>")
@endpoint("departments.update", out=DepartmentOut)
def update(department_id: UUID, body: DepartmentUpdate):
    """Rename a department."""
    return department_service.update(department_id, body)


@bp.delete("/<uuid:department_id>")
@endpoint("departments.update", status=204)
def delete(department_id: UUID):
    """Delete a department that is not in use."""
    department_service.delete(department_id)
