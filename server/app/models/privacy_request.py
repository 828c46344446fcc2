"""Privacy requests of data subjects: exports of their data, and erasures with a certificate."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from app.models.base.model import BaseModel
from app.models.base.tenancy import TenantScoped, within_tenant
from app.models.base.types import Json, UtcDateTime, enum_of


class PrivacyKind(StrEnum):
    """Export (GDPR, articles 15 and 20) or erasure (article 17)."""

    EXPORT = "export"
    ERASURE = "erasure"


class PrivacyStatus(StrEnum):
    """The status of a request; the archive of an expired export has been deleted."""

    REQUESTED = "requested"  # by the candidate, and nobody has decided yet
    REFUSED = "refused"
    PENDING = "pending"
    DONE = "done"
    FAILED = "failed"
    EXPIRED = "expired"


class PrivacyRequest(TenantScoped, BaseModel):
    """A request; `subject_id` is the candidate's id, which is all that remains after an erasure."""

    __tablename__ = "privacy_requests"
    __keys__ = (
        within_tenant("requested_by_id", "users"),
        sa.Index("ix_privacy_requests_tenant_id_created_at_id", "tenant_id", "created_at", "id"),
        sa.Index("ix_privacy_requests_tenant_id_subject_id", "tenant_id", "subject_id"),
    )

    kind: Mapped[PrivacyKind] = mapped_column(enum_of(PrivacyKind, "kind"))
    status: Mapped[PrivacyStatus] = mapped_column(enum_of(PrivacyStatus, "status"))
    subject_id: Mapped[UUID]  # no foreign key: the candidate is gone after an erasure
    requested_by_id: Mapped[UUID | None] = mapped_column()
    is_by_candidate: Mapped[bool] = mapped_column(default=False, server_default=sa.false())
    status_reason: Mapped[str | None] = mapped_column(sa.String(500))
    storage_key: Mapped[str | None] = mapped_column(sa.String(200))  # of the archive, until it expires
    size: Mapped[int | None] = mapped_column(sa.BigInteger)
    expires_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    # Of an erasure: how many rows were deleted per table, without personal data, and its signature.
    certificate: Mapped[dict[str, Any] | None] = mapped_column(Json)
    key_id: Mapped[str | None] = mapped_column(sa.String(60))
    signature: Mapped[str | None] = mapped_column(sa.String(128))
