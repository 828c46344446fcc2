"""Saved views: filters, sort order and columns of a list, as users arranged them."""

from __future__ import annotations

from enum import StrEnum
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from app.models.base.model import BaseModel, Versioned
from app.models.base.tenancy import TenantScoped, within_tenant
from app.models.base.types import Json, enum_of


class ViewedList(StrEnum):
    """The lists that can have views."""

    APPLICATIONS = "applications"
    APPROVALS = "approvals"
    CANDIDATES = "candidates"
    INTERVIEWS = "interviews"
    JOBS = "jobs"
    NOTES = "notes"
    OFFERS = "offers"
    TALENT_POOLS = "talent-pools"
    TASKS = "tasks"
    USERS = "users"


class SavedView(TenantScoped, Versioned, BaseModel):
    """A view of one list; `query` holds the parameters of the list, `columns` what the client shows."""

    __tablename__ = "saved_views"
    __keys__ = (
        sa.UniqueConstraint("tenant_id", "user_id", "resource", "name"),
        within_tenant("user_id", "users", ondelete="CASCADE"),
        sa.Index("ix_saved_views_tenant_id_created_at_id", "tenant_id", "created_at", "id"),
    )

    user_id: Mapped[UUID]
    resource: Mapped[ViewedList] = mapped_column(
        enum_of(ViewedList, "resource")
    )  # fixed: the query is one of this list
    name: Mapped[str] = mapped_column(sa.String(60))
    query: Mapped[dict[str, Any]] = mapped_column(Json)
    columns: Mapped[list[str]] = mapped_column(Json, default=list)
    is_shared: Mapped[bool] = mapped_column(default=False)
