"""Sessions of candidates on the portal; each begins with a link in an email."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from app.models.base.model import BaseModel
from app.models.base.tenancy import TenantScoped, within_tenant
from app.models.base.types import UtcDateTime


class PortalSession(TenantScoped, BaseModel):
    """A session, from the request for a link; it is open from `opened_at`, when the link is used, to `expires_at`."""

    __tablename__ = "portal_sessions"
    __keys__ = (
        within_tenant("candidate_id", "candidates", ondelete="CASCADE"),
        sa.Index("ix_portal_sessions_tenant_id_candidate_id", "tenant_id", "candidate_id"),
    )

    candidate_id: Mapped[UUID]
    opened_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    expires_at: Mapped[datetime] = mapped_column(UtcDateTime)  # of the link at first
