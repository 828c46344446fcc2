"""Tracking links to the careers page, which attribute applications to a source."""

from __future__ import annotations

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from app.models.base.model import BaseModel
from app.models.base.tenancy import TenantScoped


class TrackingLink(TenantScoped, BaseModel):
    """`token` is part of the URL; `source` becomes the source of applications through the link."""

    __tablename__ = "tracking_links"
    __keys__ = (sa.UniqueConstraint("tenant_id", "token"), sa.UniqueConstraint("tenant_id", "key"))

    name: Mapped[str] = mapped_column(sa.String(60))
    key: Mapped[str] = mapped_column(sa.String(60))
    source: Mapped[str] = mapped_column(sa.String(60))
    token: Mapped[str] = mapped_column(sa.String(20))
    is_active: Mapped[bool] = mapped_column(default=True)  # links are not deleted: applications refer to them
