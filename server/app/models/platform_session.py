"""A platform administrator's sign-in."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from app.models.base import BaseModel
from app.models.types import UtcDateTime

LIFE_HOURS = 12  # a working day; then the administrator signs in again


class PlatformSession(BaseModel):
    """Holds the digest of the live refresh token; asked for at each request, so that its end holds at once."""

    __tablename__ = "platform_sessions"

    admin_id: Mapped[UUID] = mapped_column(sa.ForeignKey("platform_admins.id", ondelete="CASCADE"), index=True)
    token_hash: Mapped[str] = mapped_column(sa.String(64))
    expires_at: Mapped[datetime] = mapped_column(UtcDateTime)
    revoked_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    revoked_reason: Mapped[str | None] = mapped_column(sa.String(60))
    user_agent: Mapped[str | None] = mapped_column(sa.String(200))
