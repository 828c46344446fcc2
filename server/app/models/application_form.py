"""What an applicant sent by the careers page, as it was typed: nobody has proven to be who it says."""

from __future__ import annotations

from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from app.models.base import BaseModel
from app.models.tenancy import TenantScoped, within_tenant


class ApplicationForm(TenantScoped, BaseModel):
    """One per application from outside; `is_new_candidate` tells whether the candidate was made from it."""

    __tablename__ = "application_forms"
    __keys__ = (
        sa.UniqueConstraint("tenant_id", "application_id"),
        within_tenant("application_id", "applications", ondelete="CASCADE"),
        within_tenant("candidate_id", "candidates", ondelete="CASCADE"),
        sa.Index("ix_application_forms_tenant_id_candidate_id", "tenant_id", "candidate_id"),
    )

    application_id: Mapped[UUID]
    candidate_id: Mapped[UUID]
    name: Mapped[str] = mapped_column(sa.String(200))
    email: Mapped[str] = mapped_column(sa.String(254))
    phone: Mapped[str | None] = mapped_column(sa.String(40))
    message: Mapped[str | None] = mapped_column(sa.Text)
    talent_pool_consent: Mapped[bool]
    is_new_candidate: Mapped[bool]
