"""Forms that applicants submitted on the careers page, as typed; their identity is not verified."""

from __future__ import annotations

from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from app.models.base.model import BaseModel
from app.models.base.tenancy import TenantScoped, within_tenant
from app.models.base.types import Json


class ApplicationForm(TenantScoped, BaseModel):
    """One submission; `is_new_candidate` is true if the candidate was created from it.

    `answers` holds the label and value of each answer, as typed. `has_known_file` is true if the uploaded file already
    belongs to another candidate and was left there.
    """

    __tablename__ = "application_forms"
    __keys__ = (
        sa.Index("ix_application_forms_tenant_id_application_id", "tenant_id", "application_id"),
        within_tenant("application_id", "applications", ondelete="CASCADE"),
        within_tenant("candidate_id", "candidates", ondelete="CASCADE"),
        sa.Index("ix_application_forms_tenant_id_candidate_id", "tenant_id", "candidate_id"),
    )

    application_id: Mapped[UUID]
    candidate_id: Mapped[UUID]  # of the application; merges and erasures find rows by it
    name: Mapped[str] = mapped_column(sa.String(200))
    email: Mapped[str] = mapped_column(sa.String(254))  # receives the mails about the application
    phone: Mapped[str | None] = mapped_column(sa.String(40))  # unverified, so it does not become a contact point
    message: Mapped[str | None] = mapped_column(sa.Text)
    talent_pool_consent: Mapped[bool]  # becomes a consent only for a new candidate
    is_new_candidate: Mapped[bool]
    has_known_file: Mapped[bool] = mapped_column(default=False)
    answers: Mapped[list[dict[str, Any]]] = mapped_column(Json, default=list)
