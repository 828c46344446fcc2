"""Marks of candidates for a job: what the team has seen, shortlisted or passed over."""

from __future__ import annotations

from enum import StrEnum
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from app.models.base.model import BaseModel
from app.models.base.tenancy import TenantScoped, within_tenant
from app.models.base.types import enum_of


class MarkKind(StrEnum):
    """A mark, which all colleagues see."""

    SEEN = "seen"  # never replaces one of the others
    SHORTLISTED = "shortlisted"
    PASSED_OVER = "passed_over"


class CandidateMark(TenantScoped, BaseModel):
    """The mark of a candidate for a job. Apart from matches, which each ranking replaces."""

    __tablename__ = "candidate_marks"
    __keys__ = (
        sa.UniqueConstraint("tenant_id", "job_id", "candidate_id"),
        within_tenant("job_id", "jobs", ondelete="CASCADE"),
        within_tenant("candidate_id", "candidates", ondelete="CASCADE"),
        sa.Index("ix_candidate_marks_tenant_id_candidate_id", "tenant_id", "candidate_id"),
    )

    job_id: Mapped[UUID]
    candidate_id: Mapped[UUID]
    mark: Mapped[MarkKind] = mapped_column(enum_of(MarkKind, "mark"))
    user_id: Mapped[UUID | None]  # NULL: set with an API key; no foreign key: users can be deleted
