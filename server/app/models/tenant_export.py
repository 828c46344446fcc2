"""Exports of all data of a tenant, built in the background."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from app.models.base.model import BaseModel, Versioned
from app.models.base.tenancy import TenantScoped
from app.models.base.types import UtcDateTime, enum_of


class ExportStatus(StrEnum):
    """The status of an export; the archive of an expired one has been deleted."""

    PENDING = "pending"
    RUNNING = "running"
    DONE = "done"
    FAILED = "failed"
    EXPIRED = "expired"


class TenantExport(TenantScoped, Versioned, BaseModel):
    """An export; `done` and `total` count rows and files."""

    __tablename__ = "tenant_exports"
    __keys__ = (sa.Index("ix_tenant_exports_tenant_id_created_at_id", "tenant_id", "created_at", "id"),)

    status: Mapped[ExportStatus] = mapped_column(enum_of(ExportStatus, "status"), default=ExportStatus.PENDING)
    done: Mapped[int] = mapped_column(default=0)
    total: Mapped[int] = mapped_column(default=0)
    error: Mapped[str | None] = mapped_column(sa.String(500))
    storage_key: Mapped[str | None] = mapped_column(sa.String(200))
    size: Mapped[int | None] = mapped_column(sa.BigInteger)
    sha256: Mapped[str | None] = mapped_column(sa.String(64))
    expires_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    actor_kind: Mapped[str] = mapped_column(sa.String(20))
    actor_id: Mapped[UUID | None] = mapped_column()
