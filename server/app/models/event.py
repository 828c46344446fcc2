"""The audit trail of a tenant: a hash chain of events, in order."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from app.models.base.model import BaseModel
from app.models.base.tenancy import TenantScoped
from app.models.base.types import Json, UtcDateTime


class Event(TenantScoped, BaseModel):
    """An event. Append-only; `data` holds ids, states and names of fields, never personal data in plain text.

    The hash covers the salted digest of a reason instead of its text, so that the text can be erased.
    """

    __tablename__ = "events"
    __keys__ = (
        sa.UniqueConstraint("tenant_id", "seq"),  # gap-free: numbered under the lock on the tenant's counter
        sa.Index("ix_events_tenant_id_candidate_id_seq", "tenant_id", "candidate_id", "seq"),
        sa.Index("ix_events_tenant_id_subject_type_subject_id", "tenant_id", "subject_type", "subject_id"),
    )

    seq: Mapped[int] = mapped_column(sa.BigInteger)  # the position in the change feed
    type: Mapped[str] = mapped_column(sa.String(80))
    actor_kind: Mapped[str] = mapped_column(sa.String(20))
    actor_id: Mapped[UUID | None] = mapped_column()  # NULL: the system; no foreign key, users can be deleted
    subject_type: Mapped[str] = mapped_column(sa.String(60))
    subject_id: Mapped[UUID]  # no foreign key: events outlive their subject
    candidate_id: Mapped[UUID | None] = mapped_column(doc="whom the event is about; derived, not in the chain")
    data: Mapped[dict[str, Any]] = mapped_column(Json, default=dict)
    reason: Mapped[str | None] = mapped_column(sa.String(500))
    # Without a salt, short reasons could be guessed from the digest that remains after an erasure.
    reason_salt: Mapped[str | None] = mapped_column(sa.String(32))
    reason_digest: Mapped[str | None] = mapped_column(sa.String(64))
    request_id: Mapped[str | None] = mapped_column(sa.String(80))
    occurred_at: Mapped[datetime] = mapped_column(UtcDateTime)
    previous_hash: Mapped[str] = mapped_column(sa.String(64))
    hash: Mapped[str] = mapped_column(sa.String(64))
