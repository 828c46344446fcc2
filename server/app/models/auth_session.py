"""Sessions of users: each is a family of refresh tokens, of which one is valid."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from app.models.base.model import BaseModel
from app.models.base.tenancy import TenantScoped, within_tenant
from app.models.base.types import UtcDateTime
from app.models.refresh_family import RefreshFamily


class AuthSession(RefreshFamily, TenantScoped, BaseModel):
    """A session of a user on one device."""

    __tablename__ = "auth_sessions"
    __keys__ = (
        within_tenant("user_id", "users", ondelete="CASCADE"),
        sa.Index("ix_auth_sessions_tenant_id_user_id", "tenant_id", "user_id"),
        sa.Index("ix_auth_sessions_tenant_id_expires_at", "tenant_id", "expires_at"),
    )

    user_id: Mapped[UUID]
    expires_at: Mapped[datetime] = mapped_column(UtcDateTime)
    revoked_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    revoked_reason: Mapped[str | None] = mapped_column(sa.String(60))
    user_agent: Mapped[str | None] = mapped_column(sa.String(200))  # sign-ins from an unknown one are mailed
