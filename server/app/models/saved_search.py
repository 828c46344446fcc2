"""Saved searches of users, with optional alerts about new results."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from app.models.base.model import BaseModel, Versioned
from app.models.base.tenancy import TenantScoped, within_tenant
from app.models.base.types import Json, UtcDateTime, enum_of


class AlertPeriod(StrEnum):
    """How often new results are emailed."""

    NEVER = "never"
    DAILY = "daily"
    WEEKLY = "weekly"


class SavedSearch(TenantScoped, Versioned, BaseModel):
    """`query` holds the search parameters; candidates created after `alerted_at` are new results."""

    __tablename__ = "saved_searches"
    __keys__ = (
        sa.UniqueConstraint("tenant_id", "user_id", "name"),
        within_tenant("user_id", "users", ondelete="CASCADE"),
        sa.Index("ix_saved_searches_tenant_id_created_at_id", "tenant_id", "created_at", "id"),
    )

    user_id: Mapped[UUID]
    name: Mapped[str] = mapped_column(sa.String(60))
    query: Mapped[dict[str, Any]] = mapped_column(Json)
    is_shared: Mapped[bool] = mapped_column(default=False)
    alert: Mapped[AlertPeriod] = mapped_column(enum_of(AlertPeriod, "alert"), default=AlertPeriod.NEVER)
    # Set at creation: candidates that exist already are not new results.
    alerted_at: Mapped[datetime] = mapped_column(UtcDateTime)
