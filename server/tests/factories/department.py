"""Departments and locations."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from app.schemas.department_schema import DepartmentCreate
from app.schemas.location_schema import LocationCreate
from app.services.jobs import department_service, location_service
from tests.factories.tenant import SampleTenant


def make_department(tenant: SampleTenant, name: str = "Engineering") -> UUID:
    """Create a department."""
    with tenant.bound():
        return department_service.create(DepartmentCreate(name=name)).id


def make_location(tenant: SampleTenant, name: str = "Hamburg, harbour", **values: Any) -> UUID:
    """Create a location."""
    new = LocationCreate.model_validate({"name": name, "city": "Hamburg", "country": "DE", **values})
    with tenant.bound():
        return location_service.create(new).id
