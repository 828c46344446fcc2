"""Matches: how well a candidate fits a job, with the evidence."""

from __future__ import annotations

from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from app.models.base.model import BaseModel
from app.models.base.tenancy import TenantScoped, within_tenant
from app.models.base.types import Json


class CandidateMatch(TenantScoped, BaseModel):
    """A match. Derived data: each refresh of the job or of the candidate rewrites it."""

    __tablename__ = "candidate_matches"
    __keys__ = (
        sa.UniqueConstraint("tenant_id", "job_id", "candidate_id"),
        within_tenant("job_id", "jobs", ondelete="CASCADE"),
        within_tenant("candidate_id", "candidates", ondelete="CASCADE"),
        sa.Index("ix_candidate_matches_tenant_id_job_id_standing_id", "tenant_id", "job_id", "standing", "id"),
        sa.Index("ix_candidate_matches_tenant_id_candidate_id", "tenant_id", "candidate_id"),
    )

    job_id: Mapped[UUID]
    candidate_id: Mapped[UUID]
    score: Mapped[int] = mapped_column(sa.Integer, doc="hundredths: 9123 is 91.23")
    standing: Mapped[int] = mapped_column(sa.Integer, doc="score and then confidence in one number, for sorting")
    grade: Mapped[str] = mapped_column(sa.String(2))  # "A+" to "C"
    confidence: Mapped[int] = mapped_column(sa.SmallInteger, doc="percent of the criteria's weight that was known")
    criteria: Mapped[list[dict[str, Any]]] = mapped_column(Json, default=list)
    scorer: Mapped[str] = mapped_column(sa.String(40), doc="version of the formula and names of the models")
