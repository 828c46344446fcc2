"""Sessions of platform administrators."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from app.models.base.model import BaseModel
from app.models.base.types import UtcDateTime
from app.models.refresh_family import RefreshFamily

LIFE_HOURS = 12  # a working day; then the administrator signs in again


class PlatformSession(RefreshFamily, BaseModel):
    """A session; read on each request, so that revoking it takes effect immediately."""

    __tablename__ = "platform_sessions"

    admin_id: Mapped[UUID] = mapped_column(sa.ForeignKey("platform_admins.id", ondelete="CASCADE"), index=True)
    expires_at: Mapped[datetime] = mapped_column(UtcDateTime)
    revoked_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    revoked_reason: Mapped[str | None] = mapped_column(sa.String(60))
    user_agent: Mapped[str | None] = mapped_column(sa.String(200))
