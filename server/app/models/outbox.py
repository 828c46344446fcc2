"""The outbox: jobs that a commit promised; the relay keeps the promise."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from app.models.base.model import BaseModel
from app.models.base.tenancy import TenantScoped
from app.models.base.types import Json, UtcDateTime


class Outbox(TenantScoped, BaseModel):
    """One promised job; `data` holds ids only, for the job server keeps history in clear."""

    __tablename__ = "outbox"
    __keys__ = (
        sa.Index(
            "ix_outbox_due_at",
            "due_at",
            sqlite_where=sa.text("done_at is null and failed_at is null"),
            postgresql_where=sa.text("done_at is null and failed_at is null"),
        ),  # the relay serves all tenants
        sa.Index(
            "ix_outbox_failed_at",
            "failed_at",
            sqlite_where=sa.text("done_at is null and failed_at is not null"),
            postgresql_where=sa.text("done_at is null and failed_at is not null"),
        ),
        sa.Index("ix_outbox_tenant_id_name", "tenant_id", "name"),
        sa.Index(  # the work of the clock is under way once in each tenant
            "uq_outbox_round",
            "tenant_id",
            "name",
            unique=True,
            sqlite_where=sa.text("done_at is null and name >= 'round/' and name < 'round0'"),
            postgresql_where=sa.text("done_at is null and name >= 'round/' and name < 'round0'"),
        ),
    )

    name: Mapped[str] = mapped_column(sa.String(80))
    data: Mapped[dict[str, Any]] = mapped_column(Json, default=dict)
    generation: Mapped[int] = mapped_column(default=0)
    # When the relay looks at the row next: to send it, or because whoever took it up has been silent for too long.
    due_at: Mapped[datetime] = mapped_column(UtcDateTime)
    sends: Mapped[int] = mapped_column(default=0)
    sent_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    acked_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    done_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    failed_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    error: Mapped[str | None] = mapped_column(sa.String(500))
