"""Locations: the work places of a tenant."""

from __future__ import annotations

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from app.models.base.model import BaseModel
from app.models.base.tenancy import TenantScoped


class Location(TenantScoped, BaseModel):
    """`key` is the folded name. The address parts are those that job boards require; `country` is ISO 3166-1."""

    __tablename__ = "locations"
    __keys__ = (sa.UniqueConstraint("tenant_id", "key"),)

    name: Mapped[str] = mapped_column(sa.String(60))
    key: Mapped[str] = mapped_column(sa.String(60))
    street: Mapped[str | None] = mapped_column(sa.String(200))
    postal_code: Mapped[str | None] = mapped_column(sa.String(20))
    city: Mapped[str] = mapped_column(sa.String(100))
    region: Mapped[str | None] = mapped_column(sa.String(100))
    country: Mapped[str] = mapped_column(sa.String(2))
