"""Scorecards: the assessments of interviewers."""

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


class Recommendation(StrEnum):
    """Whether the interviewer recommends the candidate."""

    STRONG_NO = "strong_no"
    NO = "no"
    YES = "yes"
    STRONG_YES = "strong_yes"


class InterviewScorecard(TenantScoped, Versioned, BaseModel):
    """A draft until `submitted_at` is set; `ratings` holds a name, a score (1 to 4) and a note per rubric criterion."""

    __tablename__ = "interview_scorecards"
    __keys__ = (
        sa.UniqueConstraint("tenant_id", "interview_id", "author_id"),
        within_tenant("interview_id", "interviews", ondelete="CASCADE"),
        within_tenant("application_id", "applications", ondelete="CASCADE"),
        within_tenant("candidate_id", "candidates", ondelete="CASCADE"),
        within_tenant("author_id", "users"),
        sa.Index("ix_interview_scorecards_tenant_id_application_id", "tenant_id", "application_id"),
        sa.Index("ix_interview_scorecards_tenant_id_candidate_id", "tenant_id", "candidate_id"),
    )

    interview_id: Mapped[UUID]
    # Both copied from the interview: summaries are by application; visibility, merges and erasures by candidate.
    application_id: Mapped[UUID]
    candidate_id: Mapped[UUID]
    author_id: Mapped[UUID]
    recommendation: Mapped[Recommendation | None] = mapped_column(enum_of(Recommendation, "recommendation"))
    ratings: Mapped[list[dict[str, Any]]] = mapped_column(Json, default=list)
    notes: Mapped[str | None] = mapped_column(sa.Text)
    submitted_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
