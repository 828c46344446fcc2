"""Corrections that candidates propose of their own data."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from app.models.base.model import BaseModel, Versioned
from app.models.base.state_machine import StateMachine, Transition
from app.models.base.tenancy import TenantScoped, within_tenant
from app.models.base.types import UtcDateTime, enum_of


class CorrectionField(StrEnum):
    """What a candidate can correct; a contact point is added to those that are known."""

    NAME = "name"
    HEADLINE = "headline"
    LOCATION = "location"
    EMAIL = "email"
    PHONE = "phone"
    LINK = "link"


class CorrectionStatus(StrEnum):
    """The status of a correction."""

    PENDING = "pending"
    ACCEPTED = "accepted"
    REJECTED = "rejected"


CORRECTION_MACHINE = StateMachine(
    "candidate_correction",
    (
        Transition(CorrectionStatus.PENDING, "accept", CorrectionStatus.ACCEPTED, "candidates.update"),
        Transition(
            CorrectionStatus.PENDING, "reject", CorrectionStatus.REJECTED, "candidates.update", needs_reason=True
        ),
    ),
)


class CandidateCorrection(TenantScoped, Versioned, BaseModel):
    """A proposed value of one field."""

    __tablename__ = "candidate_corrections"
    __keys__ = (
        within_tenant("candidate_id", "candidates", ondelete="CASCADE"),
        sa.Index("ix_candidate_corrections_tenant_id_candidate_id", "tenant_id", "candidate_id"),
        sa.Index("ix_candidate_corrections_tenant_id_created_at_id", "tenant_id", "created_at", "id"),
    )

    candidate_id: Mapped[UUID]
    field: Mapped[CorrectionField] = mapped_column(enum_of(CorrectionField, "field"))
    value: Mapped[str] = mapped_column(sa.String(400))
    status: Mapped[CorrectionStatus] = mapped_column(
        enum_of(CorrectionStatus, "status"), default=CorrectionStatus.PENDING
    )
    status_reason: Mapped[str | None] = mapped_column(sa.String(500))
    decided_by_id: Mapped[UUID | None]  # no foreign key: users can be deleted
    decided_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
