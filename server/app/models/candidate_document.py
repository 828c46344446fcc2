"""Files of candidates; the bytes are in the file store."""

from __future__ import annotations

from datetime import date, datetime
from enum import StrEnum
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from app.models.base.model import BaseModel
from app.models.base.tenancy import TenantScoped, within_tenant
from app.models.base.types import UtcDateTime, enum_of


class ScanStatus(StrEnum):
    """The virus scan of a document: not requested, pending (in quarantine), clean, or infected."""

    NOT_ASKED = "not_asked"
    PENDING = "pending"
    CLEAN = "clean"
    INFECTED = "infected"  # the file is deleted; the row stays, and uploading the same bytes returns it


SAFE = (ScanStatus.NOT_ASKED, ScanStatus.CLEAN)  # files that may be opened and sent


class Verification(StrEnum):
    """Whether a user found a document to be what its type asks for."""

    PENDING = "pending"
    VERIFIED = "verified"
    REFUSED = "refused"


class CandidateDocument(TenantScoped, BaseModel):
    """A document; unique by content within the tenant. A resume's file has no candidate until it is parsed."""

    __tablename__ = "candidate_documents"
    __keys__ = (
        sa.UniqueConstraint("tenant_id", "sha256"),  # uploading a file twice returns the first document
        within_tenant("candidate_id", "candidates", ondelete="CASCADE"),
        within_tenant("uploaded_by_id", "users"),
        within_tenant("document_type_id", "document_types"),
        sa.Index("ix_candidate_documents_tenant_id_candidate_id", "tenant_id", "candidate_id"),
        sa.Index("ix_candidate_documents_tenant_id_created_at_id", "tenant_id", "created_at", "id"),
        sa.Index("ix_candidate_documents_tenant_id_document_type_id", "tenant_id", "document_type_id"),
        sa.Index("ix_candidate_documents_tenant_id_expires_on", "tenant_id", "expires_on"),
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
    is_from_candidate: Mapped[bool] = mapped_column(default=False, server_default=sa.false())
    document_type_id: Mapped[UUID | None] = mapped_column()
    expires_on: Mapped[date | None] = mapped_column()  # the last day on which it is valid
    verification: Mapped[Verification | None] = mapped_column(enum_of(Verification, "verification"))
    verified_by_id: Mapped[UUID | None] = mapped_column()  # no foreign key: users can be deleted
    verified_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    expiry_notified_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
