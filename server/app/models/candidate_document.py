"""Files of candidates; the bytes are in the file store."""

from __future__ import annotations

from enum import StrEnum
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from app.models.base.model import BaseModel
from app.models.base.tenancy import TenantScoped, within_tenant
from app.models.base.types import enum_of


class ScanStatus(StrEnum):
    """The virus scan of a document: not requested, pending (in quarantine), clean, or infected."""

    NOT_ASKED = "not_asked"
    PENDING = "pending"
    CLEAN = "clean"
    INFECTED = "infected"  # the file is deleted; the row stays, and uploading the same bytes returns it


class CandidateDocument(TenantScoped, BaseModel):
    """A document; unique by content within the tenant. A resume's file has no candidate until it is parsed."""

    __tablename__ = "candidate_documents"
    __keys__ = (
        sa.UniqueConstraint("tenant_id", "sha256"),  # uploading a file twice returns the first document
        within_tenant("candidate_id", "candidates", ondelete="CASCADE"),
        within_tenant("uploaded_by_id", "users"),
        sa.Index("ix_candidate_documents_tenant_id_candidate_id", "tenant_id", "candidate_id"),
        sa.Index("ix_candidate_documents_tenant_id_created_at_id", "tenant_id", "created_at", "id"),
    )

    candidate_id: Mapped[UUID | None] = mapped_column()
    uploaded_by_id: Mapped[UUID | None] = mapped_column()  # NULL: by an API key or on the careers page
    filename: Mapped[str] = mapped_column(sa.String(200))
    media_type: Mapped[str] = mapped_column(sa.String(100))
    size: Mapped[int]
    sha256: Mapped[str] = mapped_column(sa.String(64))
    storage_key: Mapped[str] = mapped_column(sa.String(200))  # `<tenant id>/<document id>`
    scan_status: Mapped[ScanStatus] = mapped_column(
        enum_of(ScanStatus, "scan_status"), default=ScanStatus.NOT_ASKED, server_default="not_asked"
    )
