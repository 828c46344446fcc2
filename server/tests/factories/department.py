"""Departments."""

from __future__ import annotations

from uuid import UUID

from app.schemas.department_schema import DepartmentCreate
from app.services import department_service
from tests.factories.tenant import Kit


def make_department(kit: Kit, name: str = "Engineering") -> UUID:
    """A department of the tenant."""
    with kit.bound():
        return department_service.create(DepartmentCreate(name=name)).id
