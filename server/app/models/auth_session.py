"""A sign-in: one family of refresh tokens, of which one is live."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from app.models.base import BaseModel
from app.models.tenancy import TenantScoped, within_tenant
from app.models.types import UtcDateTime


class AuthSession(TenantScoped, BaseModel):
    """Holds the digest of the live refresh token; an older one coming back ends the session."""

    __tablename__ = "auth_sessions"
    __keys__ = (
        within_tenant("user_id", "users", ondelete="CASCADE"),
        sa.Index("ix_auth_sessions_tenant_id_user_id", "tenant_id", "user_id"),
        sa.Index("ix_auth_sessions_tenant_id_expires_at", "tenant_id", "expires_at"),
    )

    user_id: Mapped[UUID]
    token_hash: Mapped[str] = mapped_column(sa.String(64))
    previous_hash: Mapped[str | None] = mapped_column(sa.String(64))
    rotated_at: Mapped[datetime] = mapped_column(UtcDateTime)
    old_presented: Mapped[int] = mapped_column(sa.SmallInteger, default=0)
    contended_until: Mapped[datetime | None] = mapped_column(UtcDateTime)
    expires_at: Mapped[datetime] = mapped_column(UtcDateTime)
    revoked_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    revoked_reason: Mapped[str | None] = mapped_column(sa.String(60))
    user_agent: Mapped[str | None] = mapped_column(sa.String(200))
