"""Departments."""

from __future__ import annotations

from uuid import UUID

from pydantic import Field

from app.schemas.common import In, Out, ShortLine


class DepartmentCreate(In):
    """A new department. Names must be unique, ignoring case, accents and extra spaces."""

    name: ShortLine = Field(examples=["Engineering"])


class DepartmentUpdate(In):
    """The new name. Jobs stay in the department."""

    name: ShortLine


class DepartmentOut(Out):
    """A department."""

    id: UUID
    name: str


class DepartmentCount(DepartmentOut):
    """A department with the number of its visible jobs."""

    job_count: int
