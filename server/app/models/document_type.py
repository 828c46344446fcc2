"""Types of documents that a tenant asks candidates for, and for which jobs it requires them."""

from __future__ import annotations

from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from app.models.base.model import BaseModel, Versioned
from app.models.base.tenancy import TenantScoped, within_tenant


class DocumentType(TenantScoped, Versioned, BaseModel):
    """A type of document, such as a work permit."""

    __tablename__ = "document_types"
    __keys__ = (sa.UniqueConstraint("tenant_id", "name"),)

    name: Mapped[str] = mapped_column(sa.String(60))
    description: Mapped[str | None] = mapped_column(sa.String(500))  # candidates read it
    has_expiry: Mapped[bool] = mapped_column(default=False)  # such a document needs the day on which it expires
    needs_verification: Mapped[bool] = mapped_column(default=False)  # a user says whether it is what it should be


class DocumentRequirement(TenantScoped, BaseModel):
    """A type that invited candidates must send: for one job, or for every invitation."""

    __tablename__ = "document_requirements"
    __keys__ = (
        within_tenant("document_type_id", "document_types", ondelete="CASCADE"),
        within_tenant("job_id", "jobs", ondelete="CASCADE"),
        sa.Index("ix_document_requirements_tenant_id_document_type_id", "tenant_id", "document_type_id"),
        sa.Index("ix_document_requirements_tenant_id_job_id", "tenant_id", "job_id"),
    )

    document_type_id: Mapped[UUID]
    job_id: Mapped[UUID | None]  # NULL: for every invitation
