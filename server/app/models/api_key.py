"""API keys: credentials for integrations, with their own permissions and visibility."""

from __future__ import annotations

from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from app.models.base.model import BaseModel, Versioned
from app.models.base.tenancy import TenantScoped
from app.models.base.types import Json, UtcDateTime


class ApiKey(TenantScoped, Versioned, BaseModel):
    """Stores digests only. After a rotation, the previous key is valid until `previous_ends_at`."""

    __tablename__ = "api_keys"
    __keys__ = (
        sa.UniqueConstraint("tenant_id", "name"),
        sa.Index("ix_api_keys_tenant_id_created_at_id", "tenant_id", "created_at", "id"),
    )

    name: Mapped[str] = mapped_column(sa.String(60))
    hint: Mapped[str] = mapped_column(sa.String(10))  # the last characters, to distinguish keys
    digest: Mapped[str] = mapped_column(sa.String(64))
    # Both secrets are valid for a while, so that clients can switch without an outage.
    previous_digest: Mapped[str | None] = mapped_column(sa.String(64))
    previous_ends_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    permissions: Mapped[list[str]] = mapped_column(Json)  # whoever grants them must hold them
    job_ids: Mapped[list[str] | None] = mapped_column(Json)  # if set, only these jobs are visible
    team_ids: Mapped[list[str] | None] = mapped_column(Json)  # if set, only these users and everyone below them
    expires_at: Mapped[datetime] = mapped_column(UtcDateTime)
    last_used_at: Mapped[datetime | None] = mapped_column(UtcDateTime)  # written at most every five minutes
    revoked_at: Mapped[datetime | None] = mapped_column(UtcDateTime)  # the audit trail refers to the row
