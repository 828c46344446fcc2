"""Bulk moves and rejections of applications, stored so that they can be undone."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from app.models.base.model import BaseModel
from app.models.base.tenancy import TenantScoped, within_tenant
from app.models.base.types import Json, UtcDateTime


class ApplicationBulkOperation(TenantScoped, BaseModel):
    """A bulk operation; `results` holds the outcome and the previous stage of each application."""

    __tablename__ = "application_bulk_operations"
    __keys__ = (
        within_tenant("user_id", "users", ondelete="CASCADE"),
        within_tenant("to_stage_id", "job_stages", ondelete="CASCADE"),
        sa.Index("ix_application_bulk_operations_tenant_id_created_at_id", "tenant_id", "created_at", "id"),
    )

    action: Mapped[str] = mapped_column(sa.String(20))
    user_id: Mapped[UUID | None] = mapped_column()  # NULL for API keys
    to_stage_id: Mapped[UUID | None] = mapped_column()  # NULL: a rejection
    results: Mapped[list[dict[str, Any]]] = mapped_column(Json, default=list)
    undone_at: Mapped[datetime | None] = mapped_column(UtcDateTime)  # possible for seven days
