"""Reasons for rejections and withdrawals, defined by the tenant."""

from __future__ import annotations

from enum import StrEnum

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from app.models.base.model import BaseModel
from app.models.base.tenancy import TenantScoped
from app.models.base.types import enum_of


class ReasonKind(StrEnum):
    """Who ended the application."""

    REJECTED = "rejected"
    WITHDRAWN = "withdrawn"


class RejectionReason(TenantScoped, BaseModel):
    """A reason; `key` is the folded name. A reason in use is deactivated instead of deleted."""

    __tablename__ = "rejection_reasons"
    __keys__ = (sa.UniqueConstraint("tenant_id", "key"),)

    name: Mapped[str] = mapped_column(sa.String(60))
    key: Mapped[str] = mapped_column(sa.String(60))
    kind: Mapped[ReasonKind] = mapped_column(enum_of(ReasonKind, "kind"))
    is_active: Mapped[bool] = mapped_column(default=True)
