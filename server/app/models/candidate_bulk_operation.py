"""Bulk operations on candidates, stored so that they can be undone."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from app.models.base.model import BaseModel
from app.models.base.tenancy import TenantScoped, within_tenant
from app.models.base.types import Json, UtcDateTime


class CandidateBulkOperation(TenantScoped, BaseModel):
    """A bulk operation; `results` holds the outcome and the previous state of each candidate."""

    __tablename__ = "candidate_bulk_operations"
    __keys__ = (
        within_tenant("user_id", "users", ondelete="CASCADE"),
        within_tenant("target_user_id", "users", ondelete="CASCADE"),
        within_tenant("tag_id", "candidate_tags", ondelete="CASCADE"),
        within_tenant("pool_id", "talent_pools", ondelete="CASCADE"),
        sa.Index("ix_candidate_bulk_operations_tenant_id_created_at_id", "tenant_id", "created_at", "id"),
    )

    action: Mapped[str] = mapped_column(sa.String(20))
    user_id: Mapped[UUID | None] = mapped_column()
    target_user_id: Mapped[UUID | None] = mapped_column()  # to whom the candidates were assigned
    tag_id: Mapped[UUID | None] = mapped_column()
    pool_id: Mapped[UUID | None] = mapped_column()
    results: Mapped[list[dict[str, Any]]] = mapped_column(Json)
    undone_at: Mapped[datetime | None] = mapped_column(UtcDateTime)  # possible for seven days
