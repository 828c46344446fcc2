"""The outbox: events enqueued in the transaction of a change; the relay delivers them."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from app.models.base.model import BaseModel
from app.models.base.tenancy import TenantScoped
from app.models.base.types import Json, UtcDateTime


class Outbox(TenantScoped, BaseModel):
    """An enqueued event; `data` holds only ids, since the Inngest server stores its history in plain text."""

    __tablename__ = "outbox"
    __keys__ = (
        sa.Index(
            "ix_outbox_due_at",
            "due_at",
            sqlite_where=sa.text("done_at is null and failed_at is null"),
            postgresql_where=sa.text("done_at is null and failed_at is null"),
        ),  # the relay serves all tenants
        sa.Index(
            "ix_outbox_failed_at",  # counts failures without reading what is done
            "failed_at",
            sqlite_where=sa.text("done_at is null and failed_at is not null"),
            postgresql_where=sa.text("done_at is null and failed_at is not null"),
        ),
        sa.Index("ix_outbox_tenant_id_name", "tenant_id", "name"),
        sa.Index(  # at most one scheduled run of a function is in progress per tenant
            "uq_outbox_round",  # names that begin with "round/": 0 follows / in ASCII
            "tenant_id",
            "name",
            unique=True,
            sqlite_where=sa.text("done_at is null and name >= 'round/' and name < 'round0'"),
            postgresql_where=sa.text("done_at is null and name >= 'round/' and name < 'round0'"),
        ),
    )

    name: Mapped[str] = mapped_column(sa.String(80))
    data: Mapped[dict[str, Any]] = mapped_column(Json, default=dict)
    generation: Mapped[int] = mapped_column(default=0)  # a run of an older one ends at its next step
    # When the relay handles the row next: to send it, or to send it again if its run has been silent for too long.
    due_at: Mapped[datetime] = mapped_column(UtcDateTime)
    sends: Mapped[int] = mapped_column(default=0)
    sent_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    acked_at: Mapped[datetime | None] = mapped_column(UtcDateTime)  # its run has started
    done_at: Mapped[datetime | None] = mapped_column(UtcDateTime)  # its run has ended: only this finishes the row
    failed_at: Mapped[datetime | None] = mapped_column(UtcDateTime)  # after the last attempt; can be retried
    error: Mapped[str | None] = mapped_column(sa.String(500))
