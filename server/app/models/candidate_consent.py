"""Consents of candidates."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from app.models.base.model import BaseModel
from app.models.base.tenancy import TenantScoped, within_tenant
from app.models.base.types import UtcDateTime, enum_of


class ConsentPurpose(StrEnum):
    """The purpose that personal data may be used for."""

    RECRUITING = "recruiting"
    TALENT_POOL = "talent_pool"  # to be considered for other jobs, after the one applied for
    SHARING = "sharing"
    MARKETING = "marketing"


class ConsentSource(StrEnum):
    """How the consent was given."""

    FORM = "form"
    EMAIL = "email"
    PAPER = "paper"
    VERBAL = "verbal"
    IMPORT = "import"


class CandidateConsent(TenantScoped, BaseModel):
    """Valid until it expires or is withdrawn, then retained as proof. `evidence` says where the proof is."""

    __tablename__ = "candidate_consents"
    __keys__ = (
        within_tenant("candidate_id", "candidates", ondelete="CASCADE"),
        within_tenant("recorded_by_id", "users"),
        sa.Index("ix_candidate_consents_tenant_id_candidate_id", "tenant_id", "candidate_id"),
        sa.Index("ix_candidate_consents_tenant_id_created_at_id", "tenant_id", "created_at", "id"),
    )

    candidate_id: Mapped[UUID]
    purpose: Mapped[ConsentPurpose] = mapped_column(enum_of(ConsentPurpose, "purpose"))
    source: Mapped[ConsentSource] = mapped_column(enum_of(ConsentSource, "source"))
    evidence: Mapped[str | None] = mapped_column(sa.String(500))
    given_at: Mapped[datetime] = mapped_column(UtcDateTime)
    expires_at: Mapped[datetime | None] = mapped_column(UtcDateTime)  # NULL: does not expire
    withdrawn_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    recorded_by_id: Mapped[UUID | None] = mapped_column()  # NULL: given on the careers page or recorded with an API key
