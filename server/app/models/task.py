"""Tasks about candidates, applications and jobs, with a due time."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from app.models.about_one import AboutOne, subject_keys
from app.models.base.model import BaseModel, Versioned
from app.models.base.tenancy import TenantScoped, within_tenant
from app.models.base.types import UtcDateTime


class Task(AboutOne, TenantScoped, Versioned, BaseModel):
    """A task; open until `done_at` is set."""

    __tablename__ = "tasks"
    __keys__ = (
        *subject_keys("tasks"),
        within_tenant("assignee_id", "users"),
        within_tenant("created_by_id", "users"),
        sa.Index("ix_tasks_tenant_id_assignee_id_due_at_id", "tenant_id", "assignee_id", "due_at", "id"),
        sa.Index("ix_tasks_tenant_id_due_at_id", "tenant_id", "due_at", "id"),
        sa.Index("ix_tasks_tenant_id_created_at_id", "tenant_id", "created_at", "id"),
    )

    title: Mapped[str] = mapped_column(sa.String(200))
    due_at: Mapped[datetime] = mapped_column(UtcDateTime)
    assignee_id: Mapped[UUID | None] = mapped_column()
    created_by_id: Mapped[UUID | None] = mapped_column()
    done_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    reminded_at: Mapped[datetime | None] = mapped_column(UtcDateTime)  # cleared when `due_at` changes
