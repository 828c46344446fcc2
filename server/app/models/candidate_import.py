"""Imports of candidates from a table, and the result of each row."""

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
    """The status of an import; a stopped import resumes where it stopped."""

    PENDING = "pending"
    RUNNING = "running"
    DONE = "done"
    STOPPED = "stopped"


class OnDuplicate(StrEnum):
    """What to do with a row whose contact points belong to an existing candidate."""

    SKIP = "skip"
    UPDATE = "update"


class RowResult(StrEnum):
    """The result of a row; in a dry run, the result that it would have."""

    CREATED = "created"
    UPDATED = "updated"
    SKIPPED = "skipped"
    FAILED = "failed"


class CandidateImport(TenantScoped, Versioned, BaseModel):
    """An import; `done` counts the processed rows. The next batch starts there, also after a crash."""

    __tablename__ = "candidate_imports"
    __keys__ = (
        within_tenant("user_id", "users"),
        sa.Index("ix_candidate_imports_tenant_id_created_at_id", "tenant_id", "created_at", "id"),
    )

    user_id: Mapped[UUID | None] = mapped_column()  # runs with this user's permissions and visibility
    filename: Mapped[str] = mapped_column(sa.String(200))
    storage_key: Mapped[str | None] = mapped_column(sa.String(200))  # of the table, until it is imported
    status: Mapped[ImportStatus] = mapped_column(enum_of(ImportStatus, "status"), default=ImportStatus.PENDING)
    reason: Mapped[str | None] = mapped_column(sa.String(200))  # why it was stopped
    is_dry_run: Mapped[bool] = mapped_column(default=False)
    on_duplicate: Mapped[OnDuplicate] = mapped_column(enum_of(OnDuplicate, "on_duplicate"), default=OnDuplicate.SKIP)
    columns: Mapped[list[str]] = mapped_column(Json, default=list)  # empty until the table was read
    mapping: Mapped[dict[str, Any]] = mapped_column(Json, default=dict)  # {"Mail": "emails", "Notes": null}
    total: Mapped[int] = mapped_column(default=0)
    done: Mapped[int] = mapped_column(default=0)
    # Named like the values of RowResult, by which each batch adds to them.
    created: Mapped[int] = mapped_column(default=0)
    updated: Mapped[int] = mapped_column(default=0)
    skipped: Mapped[int] = mapped_column(default=0)
    failed: Mapped[int] = mapped_column(default=0)


class CandidateImportRow(TenantScoped, BaseModel):
    """The result of a row; `made_id` is the candidate it created or matched. `errors` do not quote cell values."""

    __tablename__ = "candidate_import_rows"
    __keys__ = (
        sa.UniqueConstraint("tenant_id", "import_id", "number"),
        within_tenant("import_id", "candidate_imports", ondelete="CASCADE"),
    )

    import_id: Mapped[UUID]
    number: Mapped[int]  # 1 is the first row below the header
    result: Mapped[RowResult] = mapped_column(enum_of(RowResult, "result"))
    made_id: Mapped[UUID | None] = mapped_column()  # no foreign key: the candidate may be merged or deleted later
    errors: Mapped[list[dict[str, Any]]] = mapped_column(Json, default=list)
