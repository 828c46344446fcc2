"""Exports of a tenant."""

from __future__ import annotations

from datetime import datetime
from typing import Any, Literal
from uuid import UUID

from pydantic import BaseModel, Field

from app.models.tenant_export import ExportStatus
from app.schemas.backup_schema import Member
from app.schemas.common import Out, UtcMoment
from app.schemas.lists import ListQuery


class ExportOut(Out):
    """An archive of the tenant's data, and its progress."""

    id: UUID
    status: ExportStatus
    done: int = Field(description="Rows and files written so far")
    total: int
    error: str | None
    size: int | None = Field(description="Size in bytes")
    sha256: str | None
    expires_at: UtcMoment | None
    version: int
    created_at: UtcMoment
    updated_at: UtcMoment


class ExportQuery(ListQuery):
    """Pagination of exports."""


class Manifest(BaseModel):
    """The manifest of an archive."""

    format: Literal["fairlead-tenant"]
    version: Literal[1]
    schema_revision: str = Field(alias="schema")
    tenant_id: UUID
    exported_at: datetime
    members: dict[str, Member]
    missing_files: list[str]


class ArchivedTenant(BaseModel):
    """The tenant's own row and its plan."""

    tenant: dict[str, Any]
    plan: dict[str, Any]


class ImportReport(BaseModel):
    """The result of an import."""

    tenant_id: UUID
    slug: str
    plan: str
    rows: int
    files: int
