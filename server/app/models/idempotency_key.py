"""Stored responses, to be replayed if a POST is repeated with the same key."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from app.models.base.model import BaseModel
from app.models.base.tenancy import TenantScoped
from app.models.base.types import Json, UtcDateTime


class IdempotencyKey(TenantScoped, BaseModel):
    """Unique per tenant, principal, route and key; written in the transaction of the request's changes."""

    __tablename__ = "idempotency_keys"
    __keys__ = (
        # A parallel request waits here for the first one to commit or roll back.
        sa.UniqueConstraint("tenant_id", "principal_id", "route", "key"),
        sa.Index("ix_idempotency_keys_tenant_id_expires_at", "tenant_id", "expires_at"),
    )

    principal_id: Mapped[UUID]
    route: Mapped[str] = mapped_column(sa.String(200))
    key: Mapped[str] = mapped_column(sa.String(255))
    fingerprint: Mapped[str] = mapped_column(sa.String(64))  # the same key with another request is rejected
    status: Mapped[int | None] = mapped_column(sa.SmallInteger)
    headers: Mapped[dict[str, Any] | None] = mapped_column(Json)
    body: Mapped[bytes | None] = mapped_column()
    expires_at: Mapped[datetime] = mapped_column(UtcDateTime)
