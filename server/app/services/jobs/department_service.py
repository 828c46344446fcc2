"""Departments of the tenant."""

from __future__ import annotations

from uuid import UUID

import sqlalchemy as sa

from app.extensions import db
from app.models import Department, Job, JobTemplate
from app.schemas.department_schema import DepartmentCount, DepartmentCreate, DepartmentUpdate
from app.schemas.lists import Page
from app.services.core import listing, rows
from app.services.core.transaction import use_case
from app.services.events import event_service
from app.utils.errors import Conflict
from app.utils.text import name_key

MAX_DEPARTMENTS = 1000


def list_all() -> Page[DepartmentCount]:
    """Return all departments, each with the number of its visible jobs."""
    jobs = sa.select(sa.func.count()).where(Job.department_id == Department.id).scalar_subquery()
    columns = (Department.id, Department.name, jobs.label("job_count"))
    return listing.page_as(
        DepartmentCount, listing.single_page(db.session.execute(sa.select(*columns).order_by(Department.key)))
    )


@use_case
def create(new: DepartmentCreate) -> Department:
    """Add a department."""
    rows.enforce_limit(
        MAX_DEPARTMENTS, Department, f"A tenant can have {MAX_DEPARTMENTS} departments", "too_many_departments"
    )
    department = Department(name=new.name, key=name_key(new.name))
    db.session.add(department)
    db.session.flush()  # the event needs the id
    event_service.record("department.created", department)
    return department


@use_case
def update(department_id: UUID, changes: DepartmentUpdate) -> Department:
    """Rename a department."""
    department = rows.lock_row(Department, department_id)
    changed = rows.apply_changes(department, {"name": changes.name, "key": name_key(changes.name)})
    event_service.record("department.updated", department, changed=changed)
    return department


@use_case
def delete(department_id: UUID) -> None:
    """Delete a department; Conflict if a job or job template uses it, even one that is not visible to the caller."""
    department = rows.lock_row(Department, department_id)
    if rows.is_referenced(Job.department_id, department):
        raise Conflict("This department is in use by jobs.", code="department_has_jobs")
    if rows.is_referenced(JobTemplate.department_id, department):
        raise Conflict("This department is in use by job templates.", code="department_has_templates")
    event_service.record("department.deleted", department)
    db.session.delete(department)
