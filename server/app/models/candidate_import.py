"""A table of candidates on its way in, and what became of each of its rows."""

from __future__ import annotations

from enum import StrEnum
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from app.models.base.model import BaseModel, Versioned
from app.models.base.tenancy import TenantScoped, within_tenant
from app.models.base.types import Json, enum_of


class ImportStatus(StrEnum):
    """How far an import has come; a stopped one goes on where it stood."""

    PENDING = "pending"
    RUNNING = "running"
    DONE = "done"
    STOPPED = "stopped"


class OnDuplicate(StrEnum):
    """What happens to a row whose contact points somebody has."""

    SKIP = "skip"
    UPDATE = "update"


class RowResult(StrEnum):
    """What became, or with a dry run would become, of a row."""

    CREATED = "created"
    UPDATED = "updated"
    SKIPPED = "skipped"
    FAILED = "failed"


class CandidateImport(TenantScoped, Versioned, BaseModel):
    """`done` counts the rows that are written: the next batch begins there, also after a crash."""

    __tablename__ = "candidate_imports"
    __keys__ = (
        within_tenant("user_id", "users"),
        sa.Index("ix_candidate_imports_tenant_id_created_at_id", "tenant_id", "created_at", "id"),
    )

    user_id: Mapped[UUID | None] = mapped_column()
    filename: Mapped[str] = mapped_column(sa.String(200))
    storage_key: Mapped[str | None] = mapped_column(sa.String(200))
    status: Mapped[ImportStatus] = mapped_column(enum_of(ImportStatus, "status"), default=ImportStatus.PENDING)
    reason: Mapped[str | None] = mapped_column(sa.String(200))
    is_dry_run: Mapped[bool] = mapped_column(default=False)
    on_duplicate: Mapped[OnDuplicate] = mapped_column(enum_of(OnDuplicate, "on_duplicate"), default=OnDuplicate.SKIP)
    columns: Mapped[list[str]] = mapped_column(Json, default=list)
    mapping: Mapped[dict[str, Any]] = mapped_column(Json, default=dict)
    total: Mapped[int] = mapped_column(default=0)
    done: Mapped[int] = mapped_column(default=0)
    created: Mapped[int] = mapped_column(default=0)
    updated: Mapped[int] = mapped_column(default=0)
    skipped: Mapped[int] = mapped_column(default=0)
    failed: Mapped[int] = mapped_column(default=0)


class CandidateImportRow(TenantScoped, BaseModel):
    """The result of a row; `made_id` is whom it made or met, `errors` what is wrong, without what was in the cells."""

    __tablename__ = "candidate_import_rows"
    __keys__ = (
        sa.UniqueConstraint("tenant_id", "import_id", "number"),
        within_tenant("import_id", "candidate_imports", ondelete="CASCADE"),
    )

    import_id: Mapped[UUID]
    number: Mapped[int]
    result: Mapped[RowResult] = mapped_column(enum_of(RowResult, "result"))
    made_id: Mapped[UUID | None] = mapped_column()
    errors: Mapped[list[dict[str, Any]]] = mapped_column(Json, default=list)
