"""Actions of platform administrators and operators, retained after the tenant and its audit trail are deleted."""

from __future__ import annotations

from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from app.models.base.model import BaseModel
from app.models.base.types import Json


class PlatformEvent(BaseModel):
    """An action. Append-only; `subject_id` may refer to a deleted row."""

    __tablename__ = "platform_events"
    __table_args__ = (
        sa.Index("ix_platform_events_created_at_id", "created_at", "id"),
        sa.Index("ix_platform_events_subject_id", "subject_id"),
    )

    type: Mapped[str] = mapped_column(sa.String(60))
    actor_kind: Mapped[str] = mapped_column(sa.String(20))
    actor_id: Mapped[UUID | None]
    subject_type: Mapped[str] = mapped_column(sa.String(60))
    subject_id: Mapped[UUID]
    data: Mapped[dict[str, Any]] = mapped_column(Json, default=dict)
    reason: Mapped[str | None] = mapped_column(sa.String(500))
    request_id: Mapped[str | None] = mapped_column(sa.String(80))
