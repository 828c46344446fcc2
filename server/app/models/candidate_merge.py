"""Merges of two candidates into one."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from app.models.base.model import BaseModel
from app.models.base.tenancy import TenantScoped, within_tenant
from app.models.base.types import Json, UtcDateTime


class CandidateMerge(TenantScoped, BaseModel):
    """`loser_id` no longer exists and redirects to the winner; `snapshot` stores both as they were, for 30 days."""

    __tablename__ = "candidate_merges"
    __keys__ = (
        within_tenant("winner_id", "candidates", ondelete="CASCADE"),
        within_tenant("merged_by_id", "users"),
        sa.Index("ix_candidate_merges_tenant_id_winner_id", "tenant_id", "winner_id"),
        sa.Index("ix_candidate_merges_tenant_id_created_at_id", "tenant_id", "created_at", "id"),
        sa.Index(
            "uq_candidate_merges_tenant_id_loser_id_live",  # an id redirects to one candidate
            "tenant_id",
            "loser_id",
            unique=True,
            sqlite_where=sa.text("undone_at is null"),
            postgresql_where=sa.text("undone_at is null"),
        ),
    )

    winner_id: Mapped[UUID]
    loser_id: Mapped[UUID]  # no foreign key: the row is deleted, and only an undo restores it
    merged_by_id: Mapped[UUID | None] = mapped_column()
    # A later version means that an undo would discard changes; of several merges, the latest is undone first.
    winner_version: Mapped[int] = mapped_column(doc="the winner's version after the merge")
    snapshot: Mapped[dict[str, Any] | None] = mapped_column(Json, deferred=True)  # NULL: undone or too old to undo
    undone_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
