"""Resumes: documents that are parsed into candidates."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.models.base.model import BaseModel
from app.models.base.tenancy import TenantScoped, within_tenant
from app.models.base.types import Json, UtcDateTime, enum_of
from app.models.candidate_document import CandidateDocument


class ResumeStatus(StrEnum):
    """The status of parsing."""

    PENDING = "pending"
    PARSING = "parsing"
    PARSED = "parsed"
    FAILED = "failed"


class ResumeTrust(StrEnum):
    """What a resume may change on its candidate; an anonymous upload is not trusted."""

    FULL = "full"
    PROFILE = "profile"  # fields but not contact points: the candidate was created from the same form
    NOTHING = "nothing"  # until a user confirms it


class CandidateResume(TenantScoped, BaseModel):
    """`text` is the extracted text, which all spans refer to; `embedding` is its vector, as float32 bytes."""

    __tablename__ = "candidate_resumes"
    __keys__ = (
        sa.UniqueConstraint("tenant_id", "document_id"),  # uploading a file twice returns its resume
        within_tenant("document_id", "candidate_documents", ondelete="CASCADE"),
        within_tenant("candidate_id", "candidates", ondelete="CASCADE"),
        sa.Index("ix_candidate_resumes_tenant_id_candidate_id", "tenant_id", "candidate_id"),
        sa.Index("ix_candidate_resumes_tenant_id_created_at_id", "tenant_id", "created_at", "id"),
        sa.Index(
            "uq_candidate_resumes_tenant_id_candidate_id_primary",  # the primary one is searched and matched
            "tenant_id",
            "candidate_id",
            unique=True,
            sqlite_where=sa.text("is_primary"),
            postgresql_where=sa.text("is_primary"),
        ),
    )

    candidate_id: Mapped[UUID | None] = mapped_column()  # NULL until parsing finds or creates the candidate
    document_id: Mapped[UUID]
    status: Mapped[ResumeStatus] = mapped_column(enum_of(ResumeStatus, "status"), default=ResumeStatus.PENDING)
    failure_reason: Mapped[str | None] = mapped_column(sa.String(200))
    is_primary: Mapped[bool] = mapped_column(default=False)
    trust: Mapped[ResumeTrust] = mapped_column(
        enum_of(ResumeTrust, "trust"), default=ResumeTrust.FULL, server_default=ResumeTrust.FULL
    )
    parsed_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    # Large, so lists must not load them.
    parsed: Mapped[dict[str, Any] | None] = mapped_column(Json, deferred=True)
    text: Mapped[str | None] = mapped_column(sa.Text, deferred=True)
    embedding: Mapped[bytes | None] = mapped_column(sa.LargeBinary, deferred=True)
    embedding_form: Mapped[str | None] = mapped_column(sa.String(40), doc="what the embedding was made of and with")

    document: Mapped[CandidateDocument] = relationship(lazy="raise", viewonly=True)
