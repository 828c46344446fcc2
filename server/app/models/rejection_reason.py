"""Why applications end, in the tenant's own words."""

from __future__ import annotations

from enum import StrEnum

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from app.models.base.model import BaseModel
from app.models.base.tenancy import TenantScoped
from app.models.base.types import enum_of


class ReasonKind(StrEnum):
    """Who ended it."""

    REJECTED = "rejected"
    WITHDRAWN = "withdrawn"


class RejectionReason(TenantScoped, BaseModel):
    """`key` is the folded name; one that was used is kept and offered no more."""

    __tablename__ = "rejection_reasons"
    __keys__ = (sa.UniqueConstraint("tenant_id", "key"),)

    name: Mapped[str] = mapped_column(sa.String(60))
    key: Mapped[str] = mapped_column(sa.String(60))
    kind: Mapped[ReasonKind] = mapped_column(enum_of(ReasonKind, "kind"))
    is_active: Mapped[bool] = mapped_column(default=True)
