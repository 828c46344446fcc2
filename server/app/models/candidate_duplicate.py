"""Pairs of candidates who may be the same person."""

from __future__ import annotations

from enum import StrEnum
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from app.models.base.model import BaseModel
from app.models.base.tenancy import TenantScoped, within_tenant
from app.models.base.types import Json, enum_of


class DuplicateStatus(StrEnum):
    """Open until a user merges the two candidates or dismisses the suggestion."""

    # No MERGED: the pair is deleted with the candidate that is merged away.
    OPEN = "open"
    DISMISSED = "dismissed"  # stays, so that the pair is not suggested again


class CandidateDuplicate(TenantScoped, BaseModel):
    """A suggestion; `first_id` is the smaller id, so that each pair is stored once. `reasons` says what they share."""

    __tablename__ = "candidate_duplicates"
    __keys__ = (
        sa.UniqueConstraint("tenant_id", "first_id", "second_id"),
        within_tenant("first_id", "candidates", ondelete="CASCADE"),
        within_tenant("second_id", "candidates", ondelete="CASCADE"),
        # The unique key only finds pairs by their first candidate.
        sa.Index("ix_candidate_duplicates_tenant_id_second_id", "tenant_id", "second_id"),
        sa.Index("ix_candidate_duplicates_tenant_id_status_score_id", "tenant_id", "status", "score", "id"),
        sa.Index("ix_candidate_duplicates_tenant_id_created_at_id", "tenant_id", "created_at", "id"),
        sa.CheckConstraint("first_id < second_id", name="order"),
    )

    first_id: Mapped[UUID]
    second_id: Mapped[UUID]
    score: Mapped[int] = mapped_column(sa.SmallInteger)
    reasons: Mapped[list[dict[str, Any]]] = mapped_column(Json, default=list)
    status: Mapped[DuplicateStatus] = mapped_column(enum_of(DuplicateStatus, "status"), default=DuplicateStatus.OPEN)
