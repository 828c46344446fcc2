"""Departments."""

from __future__ import annotations

from uuid import UUID

from pydantic import Field

from app.schemas.common import In, Out, ShortLine


class DepartmentCreate(In):
    """A new department; two spellings of one name are one."""

    name: ShortLine = Field(examples=["Engineering"])


class DepartmentUpdate(In):
    """What to change; the jobs of the department go on being its jobs."""

    name: ShortLine


class DepartmentOut(Out):
    """A department."""

    id: UUID
    name: str


class DepartmentCount(DepartmentOut):
    """A department and how many jobs are its own, of those that one sees."""

    job_count: int
