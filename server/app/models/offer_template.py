"""Templates of offer letters."""

from __future__ import annotations

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from app.models.base.model import BaseModel, Versioned
from app.models.base.tenancy import TenantScoped


class OfferTemplate(TenantScoped, Versioned, BaseModel):
    """A template; `body` is plain HTML with placeholders, `key` is the folded name."""

    __tablename__ = "offer_templates"
    __keys__ = (sa.UniqueConstraint("tenant_id", "key"),)

    name: Mapped[str] = mapped_column(sa.String(60))
    key: Mapped[str] = mapped_column(sa.String(60))
    body: Mapped[str] = mapped_column(sa.Text)
